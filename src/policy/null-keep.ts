import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';

/**
 * With `keep`, a row for which the predicate is NULL is neither kept nor removed by what was written.
 * Guessing would be wrong either way, so it is refused.
 */
export function checkNullKeep(
  step: string,
  mode: 'match' | 'keep',
  nullRows: number,
): HygieneError | null {
  if (mode !== 'keep' || nullRows === 0) return null;
  return new HygieneError('HYG_REFUSED_NULL_KEEP', {
    message: `${step}: the keep predicate is NULL for ${counted(nullRows, 'row')}, so they are neither kept nor removed.`,
    hint: 'Say which: keep: sql`(…) is not false` keeps them, keep: sql`(…) is true` removes them.',
    details: { nullRows },
  });
}
