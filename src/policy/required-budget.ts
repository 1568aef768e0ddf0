import { HygieneError } from '../kernel/errors.ts';
import type { Budget } from '../planner/steps.ts';

export interface BudgetedStep {
  /** As people know it, such as `purge users`. */
  readonly label: string;
  readonly budget: Budget;
}

/**
 * Where the environment demands it, each step says at most how many rows it may take.
 * @returns HYG_REFUSED_NO_BUDGET for the first step that does not, or null
 */
export function checkRequiredBudget(
  environment: string,
  id: string,
  steps: readonly BudgetedStep[],
): HygieneError | null {
  const open = steps.find(({ budget }) => budget.max === undefined);
  if (open === undefined) return null;
  return new HygieneError('HYG_REFUSED_NO_BUDGET', {
    message: `${id}: ${open.label} says not how many rows it may take; ${environment} demands it.`,
    hint: 'Nothing was changed. See how many they are with hygiene plan, then say: budget: { max: N }',
    details: { id, step: open.label },
  });
}
