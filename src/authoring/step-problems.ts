import { unknownKeys } from './near-key.ts';

/** What is wrong with the parts that several declarations share. Each list is empty when all is well. */

const BUDGET_KEYS = ['min', 'max', 'maxShare'];
const ACTIONS = ['purge', 'nullify', 'default'];

/** Problems of a budget; a missing one is fine here. */
export function budgetProblems(where: string, budget: unknown): string[] {
  if (budget === undefined) return [];
  if (!isRecord(budget)) return [`${where} must be an object such as { max: 500 }`];
  const { min, max, maxShare } = budget;
  const problems = unknownKeys(where, budget, BUDGET_KEYS);
  if (!isCount(min)) problems.push(`${where}.min must be a whole number of rows, 0 or more`);
  if (!isCount(max)) problems.push(`${where}.max must be a whole number of rows, 0 or more`);
  if (!isShare(maxShare)) {
    problems.push(
      `${where}.maxShare must be a share above 0 and up to 1 (0.5 is half of the table)`,
    );
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    problems.push(`${where}: min (${min}) is greater than max (${max})`);
  }
  return problems;
}

/** Problems of `dependents`; a missing one is fine. */
export function dependentsProblems(dependents: unknown): string[] {
  if (dependents === undefined || dependents === 'all') return [];
  if (!isRecord(dependents)) {
    return [`purge: dependents must be 'all' or an object such as { orders: 'purge' }`];
  }
  return Object.entries(dependents)
    .filter(([, action]) => typeof action !== 'string' || !ACTIONS.includes(action))
    .map(([name]) => `purge: dependents.${name} must be 'purge', 'nullify' or 'default'`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
}

function isShare(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value > 0 && value <= 1);
}
