import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { fewLines } from './few-lines.ts';

export interface ProtectedHit {
  /** The protected set as declared, such as `admins where role = ?`. */
  readonly set: string;
  readonly table: string;
  readonly rows: number;
  readonly effect: 'removed' | 'changed';
}

/** @returns HYG_REFUSED_PROTECTED when a selection touches protected rows, or null */
export function checkProtectedHits(
  step: string,
  hits: readonly ProtectedHit[],
): HygieneError | null {
  const real = hits.filter((hit) => hit.rows > 0);
  if (real.length === 0) return null;
  const sets = real.map(
    (hit) =>
      `  ${hit.table}: ${counted(hit.rows, 'protected row')} would be ${hit.effect} (${hit.set})`,
  );
  const lines = fewLines(sets, 7, (more) => `  and ${String(more)} more sets`);
  return new HygieneError('HYG_REFUSED_PROTECTED', {
    message: [`${step} touches protected rows:`, ...lines].join('\n'),
    hint: 'Narrow the predicate so that it leaves them out. Protected sets are declared in hygiene/config (protect).',
    details: { hits: real },
  });
}
