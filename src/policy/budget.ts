import { counted, grouped } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Budget } from '../planner/steps.ts';

/** Above this many rows one online transaction is refused unless the budget says the number itself. */
export const ONLINE_ROWS_MAX = 100_000;

export interface BudgetFacts {
  /** The step as people know it, such as `purge users`. */
  readonly step: string;
  /** Rows that go (or change, in a scrub) over all tables. */
  readonly rows: number;
  /** Rows of the step's own table that go, and how many it has. */
  readonly rootRows: number;
  readonly rootTotal: number;
  /** In the maintenance window one transaction may be as large as it likes. */
  readonly isOnline: boolean;
}

/**
 * The first rule of the budget that the facts break, or null.
 * @returns HYG_REFUSED_BUDGET or HYG_REFUSED_LARGE_ONLINE
 */
export function checkBudget(budget: Budget, facts: BudgetFacts): HygieneError | null {
  const { rows, step } = facts;
  if (budget.max !== undefined && rows > budget.max) {
    return refuse(facts, {
      message: `${step} would take ${counted(rows, 'row')}; its budget allows at most ${grouped(budget.max)}.`,
      hint: `If that many are right: budget: { max: ${String(rows)} }`,
    });
  }
  if (budget.min !== undefined && rows < budget.min) {
    return refuse(facts, {
      message: `${step} would take ${counted(rows, 'row')}; its budget expects at least ${grouped(budget.min)}.`,
      hint: `Check the predicate and the database. If so few are right: budget: { min: ${String(rows)} }`,
    });
  }
  return checkShare(budget, facts) ?? checkOnlineSize(budget, facts);
}

/** What a step that does not say its rows beforehand has really taken. */
export function checkSpent(
  budget: Budget,
  facts: Omit<BudgetFacts, 'rootRows' | 'rootTotal' | 'isOnline'>,
): HygieneError | null {
  return checkBudget(
    {
      ...(budget.max === undefined ? {} : { max: budget.max }),
      ...(budget.min === undefined ? {} : { min: budget.min }),
    },
    { ...facts, rootRows: 0, rootTotal: 0, isOnline: true },
  );
}

function checkShare(budget: Budget, facts: BudgetFacts): HygieneError | null {
  const { maxShare } = budget;
  const { rootRows, rootTotal, step } = facts;
  if (maxShare === undefined || rootTotal === 0 || rootRows / rootTotal <= maxShare) return null;
  const share = rootRows / rootTotal;
  return refuse(facts, {
    message: `${step} would take ${grouped(rootRows)} of ${counted(rootTotal, 'row')} (${percent(share)}); its budget allows ${percent(maxShare)}.`,
    hint: `If that share is right: budget: { maxShare: ${String(Math.ceil(share * 100) / 100)} }`,
  });
}

function checkOnlineSize(budget: Budget, facts: BudgetFacts): HygieneError | null {
  if (!facts.isOnline || budget.max !== undefined || facts.rows <= ONLINE_ROWS_MAX) return null;
  return new HygieneError('HYG_REFUSED_LARGE_ONLINE', {
    message:
      `${facts.step} would take ${counted(facts.rows, 'row')} in one transaction; ` +
      `above ${grouped(ONLINE_ROWS_MAX)} the budget must say so.`,
    hint:
      `In one transaction after all: budget: { max: ${String(facts.rows)} }\n` +
      "In many short ones, for the application's sake: transaction: 'batched'\n" +
      'Where the application can be stopped: hygiene up --maintenance',
    details: { rows: facts.rows },
  });
}

function refuse(facts: BudgetFacts, parts: { message: string; hint: string }): HygieneError {
  return new HygieneError('HYG_REFUSED_BUDGET', { ...parts, details: { ...facts } });
}

/** Rounded so that a share above its limit never reads like the limit. */
function percent(share: number): string {
  return `${(share * 100).toFixed(share * 100 === Math.round(share * 100) ? 0 : 2)} %`;
}
