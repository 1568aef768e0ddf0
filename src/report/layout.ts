/** What fits into a terminal, a log viewer and a mail alike. */
const LINE_COLUMNS = 100;

/** Wraps each line at a space; what goes on is indented two further than its line. Lines that fit stay as they are. */
export function wrapped(text: string, columns = LINE_COLUMNS): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

function wrapLine(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const next = `${indent}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const lead = lines.length === 0 ? indent.length : next.length;
    const space = rest.lastIndexOf(' ', columns);
    // A word that is longer than a line is cut.
    const at = space > lead ? space : columns;
    lines.push(rest.slice(0, at).trimEnd());
    rest = next + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table in plain text, each column as wide as its widest cell. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    columns
      .map(({ align }, at) => {
        const [cell, width] = [cells[at] ?? '', widths[at] ?? 0];
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [lineOf(columns.map(({ title }) => title)), ...rows.map(lineOf)];
}

export function indented(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));
}
