import { isSql } from '../kernel/sql.ts';
import type { RowSet } from '../planner/steps.ts';
import { unknownKeys } from './near-key.ts';

/** What is wrong with the parts that several declarations share. Each list is empty when all is well. */

const BUDGET_KEYS = ['min', 'max', 'maxShare'];
const ACTIONS = ['purge', 'nullify', 'default'];
const GUARD_FORMS: readonly unknown[] = ['check', 'trigger'];

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

/** Problems of `guard`; a missing one is fine. @param mode of the row set, where it is one */
export function guardProblems(guard: unknown, mode: RowSet['mode'] | null): string[] {
  if (guard === undefined || guard === false || isSql(guard)) return [];
  const problems = guard === true ? [] : guardObjectProblems(guard);
  const hasPredicate = isRecord(guard) && guard['predicate'] !== undefined;
  if (problems.length === 0 && mode === 'keep' && !hasPredicate) {
    return [
      "purge: with { keep } the guard needs its own predicate: guard: sql`email like '%@example.com'`",
    ];
  }
  return problems;
}

function guardObjectProblems(guard: unknown): string[] {
  if (!isRecord(guard)) {
    return ["purge: guard must be true, an sql template, or an object such as { as: 'trigger' }"];
  }
  const { predicate, as } = guard;
  return [
    ...unknownKeys('purge: guard', guard, ['predicate', 'as']),
    ...(GUARD_FORMS.includes(as) ? [] : ["purge: guard.as must be 'check' or 'trigger'"]),
    ...(predicate === undefined || isSql(predicate)
      ? []
      : ['purge: guard.predicate must be an sql template']),
  ];
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
