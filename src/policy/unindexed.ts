import { grouped } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { ScannedKey } from '../planner/scanned-keys.ts';
import { fewLines } from './few-lines.ts';

/** Above this the scans are most of the work, and twice the rows take four times as long. */
const SCANNING_MS_MAX = 1_000;

/**
 * Online, foreign keys are checked row by row. Without an index each check reads the whole child.
 * @returns HYG_REFUSED_UNINDEXED, or null
 */
export function checkUnindexed(step: string, keys: readonly ScannedKey[]): HygieneError | null {
  const total = keys.reduce((sum, { scanningMs }) => sum + scanningMs, 0);
  if (total <= SCANNING_MS_MAX) return null;
  const worst = [...keys].sort((a, b) => b.scanningMs - a.scanningMs);
  const lines = worst.map(
    ({ child, parent, removed, childRows }) =>
      `  ${grouped(removed)} removed rows of ${parent} × ${grouped(childRows)} rows of ${child}`,
  );
  const more = (count: number): string => `  and ${String(count)} more`;
  return new HygieneError('HYG_REFUSED_UNINDEXED', {
    message: [
      `${step} would scan tables for about ${seconds(total)}, for want of an index on their foreign keys:`,
      ...fewLines(lines, 4, more),
    ].join('\n'),
    hint: [
      'Create the index, or run in the maintenance window, where keys are checked once (--maintenance):',
      ...fewLines(
        worst.map(({ remedy }) => `  ${remedy}`),
        4,
        more,
      ),
    ].join('\n'),
    details: { keys },
  });
}

function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value < 120 ? `${String(Math.round(value))} s` : `${grouped(Math.round(value / 60))} min`;
}
