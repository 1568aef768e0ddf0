import { describe, expect, test } from '@jest/globals';
import { referenceExists, referenceTo, resolveTable } from '../../src/catalog/resolve.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { catalogOf, tableNamed } from '../planner/catalog-of.ts';

const catalog = catalogOf(
  {
    User: { nullable: ['createdAt'] },
    users: { schema: 'app', nullable: ['email'] },
    invoices: { schema: 'billing' },
    payments: {},
    'my.table': { schema: 'my.schema', nullable: ['a.b'] },
    report: { kind: 'view' },
    remote: { kind: 'foreign' },
    events: { kind: 'partitioned', partitions: [9] },
    events_2025: { partitionOf: 8, root: 8 },
  },
  [],
  ['app', 'public'],
);

function refusal(work: () => unknown): HygieneError {
  try {
    work();
  } catch (error) {
    if (error instanceof HygieneError) return error;
  }
  throw new Error('nothing was refused');
}

describe('resolveTable', () => {
  test.each([
    ['users', 'app.users'],
    ['payments', 'payments'],
    ['User', '"User"'],
    ['billing.invoices', 'billing.invoices'],
    ['events_2025', 'events_2025'],
  ])('finds %s', (reference, name) => {
    expect(resolveTable(catalog, reference).name.toString()).toBe(name);
  });

  test('finds names with dots when schema and table are given apart', () => {
    expect(resolveTable(catalog, ['my.schema', 'my.table'])).toBe(tableNamed(catalog, 'my.table'));
  });

  test('looks for unqualified names in the search path only', () => {
    const error = refusal(() => resolveTable(catalog, 'invoices'));
    expect(error.code).toBe('HYG_PLAN_UNKNOWN_TABLE');
    expect(error.message).toBe('There is no table "invoices" in the search path (app, public).');
    expect(error.hint).toContain('Did you mean "billing.invoices"?');
  });

  test.each([
    ['user', '"User" or "app.users"'],
    ['"User"', '"User"'],
    ['paymnts', '"payments"'],
    ['my.table', `['my.schema', 'my.table']`],
  ])('proposes a near name for %s', (reference, near) => {
    const names = near.replace('app.users', 'users');
    expect(refusal(() => resolveTable(catalog, reference)).hint).toContain(`Did you mean ${names}`);
  });

  test('mentions requires, and proposes nothing where nothing is near', () => {
    const { hint, exitCode } = refusal(() => resolveTable(catalog, 'warehouse'));
    expect(hint).toMatch(/^If only some databases .* requires: \['warehouse'\]/);
    expect(exitCode).toBe(2);
  });

  test('says when the search path is empty', () => {
    const bare = catalogOf({ users: {} }, [], []);
    expect(refusal(() => resolveTable(bare, 'users')).message).toContain('which is empty');
  });

  test.each([
    ['report', 'view'],
    ['remote', 'foreign table'],
  ])('refuses %s, which is a %s', (reference, kind) => {
    const error = refusal(() => resolveTable(catalog, reference));
    expect(error.code).toBe('HYG_PLAN_AMBIGUOUS_TABLE');
    expect(error.message).toContain(`is a ${kind}`);
  });
});

describe('referenceExists', () => {
  test.each([
    'users',
    'users.email',
    'app.users',
    'app.users.email',
    'User.createdAt',
    'report',
    'my.schema.my.table',
    'my.schema.my.table.id',
  ])('finds %s', (reference) => {
    expect(referenceExists(catalog, reference)).toBe(true);
  });

  test.each([
    'Users',
    'users.name',
    'public.users',
    'app.users.name',
    'user.createdAt',
    'User.createdat',
    'invoices',
    'a.b.c.d',
    '',
  ])('does not find "%s"', (reference) => {
    expect(referenceExists(catalog, reference)).toBe(false);
  });
});

test('referenceTo names the schema only where the search path would find something else', () => {
  const written = [...catalog.tables.values()].map((table) => referenceTo(catalog, table));
  expect(written.slice(0, 5)).toEqual([
    'User',
    'users',
    'billing.invoices',
    'payments',
    'my.schema.my.table',
  ]);
});
