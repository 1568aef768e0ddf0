import { describe, expect, test } from '@jest/globals';

import {
  type BudgetFacts,
  checkBudget,
  checkSpent,
  ONLINE_ROWS_MAX,
} from '../../src/policy/budget.ts';
import { expectReadable } from './terminal.ts';

function facts(changes: Partial<BudgetFacts> = {}): BudgetFacts {
  return {
    step: 'purge users',
    rows: 1_500,
    rootRows: 300,
    rootTotal: 320,
    isOnline: true,
    ...changes,
  };
}

describe('a budget', () => {
  test.each([
    ['nothing said', {}],
    ['max is met exactly', { max: 1_500 }],
    ['min is met exactly', { min: 1_500 }],
    ['the share is met exactly', { maxShare: 300 / 320 }],
    ['all of them are kept', { min: 1, max: 2_000, maxShare: 0.95 }],
  ])('allows it: %s', (_what, budget) => {
    expect(checkBudget(budget, facts())).toBeNull();
  });

  test('of too few rows refuses, and prints the number that would allow it', () => {
    const error = expectReadable(checkBudget({ max: 1_499 }, facts()));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_BUDGET',
      exitCode: 7,
      message: 'purge users would take 1,500 rows; its budget allows at most 1,499.',
      hint: 'If that many are right: budget: { max: 1500 }',
    });
    expect(error.details).toEqual({ ...facts() });
    expect(checkBudget({ max: 1_500 }, facts())).toBeNull();
  });

  test('of 0 refuses the first row', () => {
    const error = expectReadable(checkBudget({ max: 0 }, facts({ rows: 1 })));
    expect(error.message).toBe('purge users would take 1 row; its budget allows at most 0.');
    expect(checkBudget({ max: 0 }, facts({ rows: 0 }))).toBeNull();
  });

  test('that expects more rows refuses, also when there are none', () => {
    const error = expectReadable(checkBudget({ min: 10 }, facts({ rows: 0, rootRows: 0 })));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_BUDGET',
      message: 'purge users would take 0 rows; its budget expects at least 10.',
    });
    expect(error.hint).toContain('budget: { min: 0 }');
  });

  test('of a share refuses more of the table, and what it prints would allow it', () => {
    const error = expectReadable(checkBudget({ maxShare: 0.5 }, facts()));
    expect(error.message).toBe(
      'purge users would take 300 of 320 rows (93.75 %); its budget allows 50 %.',
    );
    expect(error.hint).toBe('If that share is right: budget: { maxShare: 0.94 }');
    expect(checkBudget({ maxShare: 0.94 }, facts())).toBeNull();
  });

  test('of a share says nothing about an empty table', () => {
    expect(checkBudget({ maxShare: 0 }, facts({ rows: 0, rootRows: 0, rootTotal: 0 }))).toBeNull();
  });

  test('of share 0 refuses the first row, and share 1 allows all', () => {
    expect(checkBudget({ maxShare: 0 }, facts())?.code).toBe('HYG_REFUSED_BUDGET');
    expect(checkBudget({ maxShare: 1 }, facts({ rootRows: 320 }))).toBeNull();
  });

  test('is told by its first broken rule', () => {
    const budget = { max: 1, min: 5_000, maxShare: 0.1 };
    expect(checkBudget(budget, facts())?.message).toContain('at most 1');
    expect(checkBudget({ ...budget, max: 2_000 }, facts())?.message).toContain('at least 5,000');
  });
});

describe('many rows in one online transaction', () => {
  test('are refused unless the budget says so, with the line that would', () => {
    const rows = ONLINE_ROWS_MAX + 1;
    const error = expectReadable(checkBudget({ maxShare: 1, min: 1 }, facts({ rows })));
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_LARGE_ONLINE',
      exitCode: 7,
      details: { rows },
    });
    expect(error.message).toContain('100,001 rows');
    expect(error.hint).toContain('budget: { max: 100001 }');
    expect(checkBudget({ max: rows }, facts({ rows }))).toBeNull();
  });

  test('are allowed up to the limit itself', () => {
    expect(checkBudget({}, facts({ rows: ONLINE_ROWS_MAX }))).toBeNull();
  });
});

describe('what was spent without being announced', () => {
  test('is held against max and min; there is no table to take a share of', () => {
    const spent = { step: '20260101000000_by_hand', rows: 7 };
    expect(checkSpent({ max: 7, min: 7, maxShare: 0 }, spent)).toBeNull();
    expect(expectReadable(checkSpent({ max: 6 }, spent)).message).toContain('at most 6');
    expect(expectReadable(checkSpent({ min: 8 }, spent)).message).toContain('at least 8');
    expect(checkSpent({}, { ...spent, rows: ONLINE_ROWS_MAX + 1 })?.code).toBe(
      'HYG_REFUSED_LARGE_ONLINE',
    );
  });
});
