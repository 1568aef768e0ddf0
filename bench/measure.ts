/** Figures are ratios of medians, measured side by side in one run; machines drift, ratios do not. */

export interface Figure {
  readonly name: string;
  /** Medians, in the unit. */
  readonly ours: number;
  /** Null where the bar is an absolute one. */
  readonly reference: number | null;
  readonly unit: 'ms' | 'MB' | '×' | '';
  readonly bar: number;
  /** What the bar is held against: a ratio of the two, or our own figure. */
  readonly kind: 'ratio' | 'absolute';
  /** Why it does not count, such as rows left that differ. */
  readonly invalid: string | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs two pieces of work in turn, A B A B …, after one uncounted turn of each. */
export async function interleaved(
  runs: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<{ readonly first: number; readonly second: number }> {
  const figures = { first: [] as number[], second: [] as number[] };
  for (let run = 0; run <= runs; run += 1) {
    const [a, b] = [await first(), await second()];
    if (run === 0) continue;
    figures.first.push(a);
    figures.second.push(b);
  }
  return { first: median(figures.first), second: median(figures.second) };
}

export function passes(figure: Figure): boolean {
  return figure.invalid === null && measured(figure) <= figure.bar;
}

function measured({ kind, ours, reference }: Figure): number {
  return kind === 'ratio' ? ours / (reference ?? NaN) : ours;
}

function amount(value: number, unit: Figure['unit']): string {
  return `${value.toFixed(unit === '×' ? 2 : 0)} ${unit}`.trimEnd();
}

/** Small ratios keep two digits that mean something. */
function ratioText(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

/** The table that a run prints. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    amount(figure.ours, figure.unit),
    figure.reference === null ? '' : amount(figure.reference, figure.unit),
    figure.kind === 'ratio' ? ratioText(measured(figure)) : '',
    figure.kind === 'ratio'
      ? `≤ ${ratioText(figure.bar)} ×`
      : `≤ ${amount(figure.bar, figure.unit)}`,
    passes(figure) ? 'pass' : `FAIL${figure.invalid === null ? '' : `: ${figure.invalid}`}`,
  ]);
  const table = [['case', 'ours', 'reference', 'ratio', 'bar', 'result'], ...rows];
  const widths =
    table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
