import type { PurgeStep, ScrubStep } from '../planner/steps.ts';
import type { RunnableMigration } from './runnable.ts';

/** What SQL and functions do shows only when they run; their budget bounds it. */
export interface UnknownStep {
  readonly kind: 'unknown';
  readonly label: string;
}

export type PlannableStep = PurgeStep | ScrubStep | UnknownStep;

export function stepsOf({ up }: RunnableMigration): readonly PlannableStep[] {
  if (up.kind === 'script') return [{ kind: 'unknown', label: 'SQL script' }];
  if (up.kind === 'function') return [{ kind: 'unknown', label: 'function' }];
  return up.steps.map((step) =>
    step.kind === 'sql' ? { kind: 'unknown', label: 'SQL statement' } : step,
  );
}
