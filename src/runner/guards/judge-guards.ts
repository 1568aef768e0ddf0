import { HygieneError } from '../../kernel/errors.ts';
import type { Guard } from '../../planner/guard.ts';
import type { PurgeStep } from '../../planner/steps.ts';
import { declaredPurges, type RunnableMigration } from '../runnable.ts';
import { collectGuard, type GuardScope, type WantedGuard } from './wanted-guards.ts';

export interface JudgedGuards {
  readonly guards: readonly Guard[];
  readonly refusals: readonly HygieneError[];
}

export const NO_GUARDS: JudgedGuards = { guards: [], refusals: [] };

/** The guards of all declared purges while it is only planned: what is refused is told, not thrown. */
export async function judgeGuards(
  scope: GuardScope,
  migration: RunnableMigration,
): Promise<JudgedGuards> {
  const wanted: WantedGuard[] = [];
  const refusals: HygieneError[] = [];
  for (const step of declaredPurges(migration)) {
    try {
      await collectGuard(scope, step, wanted);
    } catch (error) {
      if (!(error instanceof HygieneError)) throw error;
      if (isAboutGuard(error, step)) refusals.push(error);
    }
  }
  return { guards: wanted.map(({ guard }) => guard), refusals };
}

/** What is wrong with the purge itself is told by the purge. */
function isAboutGuard({ code }: HygieneError, { guard }: PurgeStep): boolean {
  return code === 'HYG_REFUSED_GUARD' || (guard !== null && guard.predicate !== null);
}
