import { estimateBatches } from '../../planner/batch-size.ts';
import type { PurgePlan } from '../../planner/plan.ts';
import type { RunnableMigration } from '../runnable.ts';
import { type BatchOptions, sizeRules } from './batch-settings.ts';
import type { PurgeStep } from '../../planner/steps.ts';

/** What a plan says about a migration in batches. */
export interface PlannedBatches {
  /** Listed rows of the first batch. */
  readonly firstSize: number;
  /** How many batches it takes, roughly. */
  readonly about: number;
}

export function plannedBatches(plans: readonly PurgePlan[], options: BatchOptions): PlannedBatches {
  const rules = sizeRules(options);
  const about = plans
    .map(({ root, tables, estimatedMs }) => ({
      rows: tables.find(({ table }) => table === root)?.doomed ?? 0,
      estimatedMs,
    }))
    .reduce((sum, purge) => sum + estimateBatches(purge, rules), 0);
  return { firstSize: rules.first, about };
}

/** How many rows one transaction may take does not matter to batches. */
export function forTransaction<T extends PurgeStep | { readonly kind: 'scrub' | 'unknown' }>(
  step: T,
  { transaction }: RunnableMigration,
): T {
  if (transaction === 'single' || step.kind !== 'purge' || step.budget.max !== undefined) {
    return step;
  }
  return { ...step, budget: { ...step.budget, max: Number.MAX_SAFE_INTEGER } };
}
