const COLUMNS = 100;

/** As many entries as fit into `linesMax` lines of a terminal; the last line then says how many are missing. */
export function fewLines(
  entries: readonly string[],
  linesMax: number,
  rest: (count: number) => string,
): readonly string[] {
  const height = (text: string): number => Math.max(1, Math.ceil(text.length / COLUMNS));
  const total = entries.reduce((sum, entry) => sum + height(entry), 0);
  if (total <= linesMax) return entries;
  const shown: string[] = [];
  let lines = 1;
  for (const entry of entries) {
    lines += height(entry);
    if (lines > linesMax) break;
    shown.push(entry);
  }
  return [...shown, rest(entries.length - shown.length)];
}
