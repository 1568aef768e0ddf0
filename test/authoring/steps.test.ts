import { describe, expect, test } from '@jest/globals';
import { purge, rows, scrub } from '../../src/authoring/steps.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { renderSql, sql } from '../../src/kernel/sql.ts';
import { rowSetCondition } from '../../src/planner/steps.ts';

const demo = rows('users', sql`email like ${'%@example.com'}`);

/** What an author without a type checker may write. */
function refused(call: () => unknown): HygieneError {
  try {
    call();
  } catch (error) {
    if (error instanceof HygieneError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('rows', () => {
  test('names the rows for which the predicate is true', () => {
    expect(renderSql(rowSetCondition(demo))).toEqual({
      text: '(email like $1)',
      values: ['%@example.com'],
    });
  });

  test('names everything but the rows to keep', () => {
    const others = rows(['my.schema', 'users'], { keep: sql`paying` });
    expect(others.table).toEqual(['my.schema', 'users']);
    expect(renderSql(rowSetCondition(others)).text).toBe('not (paying)');
  });

  test.each([
    ['a plain string as predicate', () => rows('users', 'x = 1' as never), 'plain string'],
    ['a missing predicate', () => rows('users', undefined as never), 'predicate is missing'],
    ['a misspelt keep', () => rows('users', { kep: sql`x` } as never), 'did you mean "keep"?'],
    ['a keep that is a string', () => rows('users', { keep: 'x' } as never), 'keep must be an sql'],
    ['an empty table name', () => rows(' ', sql`x`), 'a table is a name'],
    ['a table of three names', () => rows(['a', 'b', 'c'] as never, sql`x`), 'a table is a name'],
    ['a missing table', () => rows(undefined as never, sql`x`), 'a table is a name'],
  ])('refuses %s', (_, call, message) => {
    const error = refused(call);
    expect(error.code).toBe('HYG_LOAD_INVALID');
    expect(error.message).toContain(message);
  });
});

describe('purge', () => {
  test('archives, guards nothing and names no dependents unless it is told', () => {
    expect(purge(demo)).toEqual({
      kind: 'purge',
      rows: demo,
      dependents: {},
      budget: {},
      archive: true,
      guard: null,
    });
  });

  test('cannot be changed once it is made', () => {
    expect(Object.isFrozen(purge(demo))).toBe(true);
  });

  test('keeps what it is told', () => {
    const step = purge(demo, {
      dependents: { sessions: 'purge', 'orders.orders_user_fk': 'nullify', logs: 'default' },
      budget: { min: 1, max: 10, maxShare: 1 },
      archive: false,
      guard: true,
    });
    expect(step).toMatchObject({
      archive: false,
      guard: { predicate: null, as: 'check' },
      budget: { min: 1, max: 10 },
    });
    expect(step.dependents).toMatchObject({ 'orders.orders_user_fk': 'nullify' });
    expect(purge(demo, { dependents: 'all' }).dependents).toBe('all');
  });

  test.each([
    ['a misspelt option', { dependants: {} }, 'did you mean "dependents"?'],
    ['a misspelt budget', { budget: { maxx: 1 } }, 'purge: budget: unknown option "maxx"'],
    ['a budget that is a number', { budget: 5 }, 'must be an object such as { max: 500 }'],
    ['a negative maximum', { budget: { max: -1 } }, 'budget.max must be a whole number'],
    ['a maximum in words', { budget: { max: '5' } }, 'budget.max must be a whole number'],
    ['a broken minimum', { budget: { min: 0.5 } }, 'budget.min must be a whole number'],
    ['a minimum above the maximum', { budget: { min: 5, max: 4 } }, 'min (5) is greater'],
    ['a share in percent', { budget: { maxShare: 95 } }, 'share above 0 and up to 1'],
    ['a share of zero', { budget: { maxShare: 0 } }, 'share above 0 and up to 1'],
    ['an unknown action', { dependents: { orders: 'delete' } }, 'dependents.orders must be'],
    ['a list of dependents', { dependents: ['orders'] }, "must be 'all' or an object"],
    ['an archive that is a text', { archive: 'no' }, 'archive must be true or false'],
    ['a guard that is a text', { guard: 'x' }, 'guard must be true, an sql template, or an object'],
    [
      'a guard of no known form',
      { guard: { as: 'rule' } },
      "guard.as must be 'check' or 'trigger'",
    ],
    ['a guard option that is none', { guard: { as: 'check', on: 1 } }, 'unknown option "on"'],
    [
      'a guard predicate that is a text',
      { guard: { as: 'check', predicate: 'x' } },
      'guard.predicate must be an sql template',
    ],
    ['options that are none', 'all', 'the options must be an object'],
  ])('refuses %s', (_, options, message) => {
    expect(refused(() => purge(demo, options as never)).message).toContain(message);
  });

  test('refuses a table name in place of rows', () => {
    expect(refused(() => purge('users' as never)).message).toContain('made by rows(table, …)');
  });

  test('refuses a guard that would be made from what is kept', () => {
    const others = rows('users', { keep: sql`paying` });
    for (const guard of [true, { as: 'trigger' }] as const) {
      expect(refused(() => purge(others, { guard })).message).toContain('{ keep }');
    }
    const predicate = sql`email like '%@example.com'`;
    expect(purge(others, { guard: predicate }).guard).toEqual({ predicate, as: 'check' });
    const guard = { predicate, as: 'trigger' } as const;
    expect(purge(others, { guard }).guard).toEqual(guard);
  });

  test('tells all problems of a call at once', () => {
    const call = () => purge('users' as never, { gard: true, budget: { max: 1.5 } } as never);
    expect(refused(call).details['problems']).toHaveLength(3);
  });
});

describe('scrub', () => {
  test('keeps the new values and archives the old ones', () => {
    const step = scrub(demo, {
      set: { phone: null, name: sql`'user ' || id` },
      budget: { max: 3 },
    });
    expect(step).toMatchObject({ kind: 'scrub', rows: demo, archive: true, budget: { max: 3 } });
    expect(Object.keys(step.set)).toEqual(['phone', 'name']);
  });

  test.each([
    ['no options', undefined, '{ set: { column: value } } is missing'],
    ['no columns', { set: {} }, 'at least one column'],
    ['an undefined value', { set: { phone: undefined } }, '"phone" is undefined'],
    ['a misspelt option', { set: { a: 1 }, archiv: true }, 'did you mean "archive"?'],
    ['a guard', { set: { a: 1 }, guard: true }, 'unknown option "guard"'],
    ['a broken budget', { set: { a: 1 }, budget: { max: Number.NaN } }, 'scrub: budget.max'],
  ])('refuses %s', (_, options, message) => {
    expect(refused(() => scrub(demo, options as never)).message).toContain(message);
  });
});
