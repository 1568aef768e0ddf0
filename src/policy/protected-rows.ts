import { HygieneError } from '../kernel/errors.ts';

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
  const lines = real
    .slice(0, 5)
    .map(
      (hit) =>
        `  ${hit.table}: ${hit.rows.toLocaleString('en-US')} protected rows would be ${hit.effect} (${hit.set})`,
    );
  const more = real.length > 5 ? [`  and ${String(real.length - 5)} more sets`] : [];
  return new HygieneError('HYG_REFUSED_PROTECTED', {
    message: [`${step} touches protected rows:`, ...lines, ...more].join('\n'),
    hint: 'Narrow the predicate so that it leaves them out. Protected sets are declared in hygiene/config (protect).',
    details: { hits: real },
  });
}
