import type { PurgePlan } from '../planner/plan.ts';

/** Said wherever a migration asks for a guard, so that nobody takes it for granted. */
export const GUARD_LINE = 'guard: not added by this version; run `hygiene verify` on every deploy';

export function asksForGuard({ warnings }: PurgePlan): boolean {
  return warnings.some(({ kind }) => kind === 'guard');
}
