import { describe, expect, test } from '@jest/globals';
import { type Catalog, type Column, createCatalog } from '../../src/catalog/model.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';
import type { Closure } from '../../src/planner/closure.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import type { Dependents } from '../../src/planner/steps.ts';
import { catalogOf, tableNamed } from './catalog-of.ts';

const shop = catalogOf(
  {
    users: { nullable: ['users_id'] },
    sessions: { required: ['users_id'] },
    payments: { nullable: ['users_id', 'payer_id'] },
    refunds: { required: ['payments_id'] },
    invoices: { schema: 'billing', nullable: ['users_id'] },
    unrelated: {},
  },
  [
    { from: 'sessions', to: 'users', onDelete: 'cascade' },
    { from: 'payments', to: 'users', onDelete: 'set null' },
    { from: 'payments', to: 'users', name: 'payer', childColumns: ['payer_id'] },
    { from: 'refunds', to: 'payments', onDelete: 'restrict' },
    { from: 'invoices', to: 'users', onDelete: 'set default' },
    { from: 'users', to: 'users', name: 'inviter' },
  ],
);

const closureOf = (dependents: Dependents, catalog: Catalog = shop, root = 'users'): Closure =>
  planClosure(catalog, tableNamed(catalog, root), dependents);

const tablesOf = (closure: Closure): readonly string[] =>
  closure.tables.map((table) => table.name.name);

const actionsOf = (closure: Closure): Readonly<Record<string, string>> =>
  Object.fromEntries(closure.edges.map((edge) => [edge.foreignKey.name, edge.action]));

function refusal(dependents: Dependents, catalog?: Catalog): HygieneError {
  try {
    closureOf(dependents, catalog);
  } catch (error) {
    if (error instanceof HygieneError) return error;
  }
  throw new Error('nothing was refused');
}

describe('What a purge may touch', () => {
  test('is only its own table while nothing is declared, and every edge to it is undeclared', () => {
    const closure = closureOf({});
    expect(tablesOf(closure)).toEqual(['users']);
    expect(actionsOf(closure)).toEqual({
      sessions_users_fkey: 'undeclared',
      payments_users_fkey: 'undeclared',
      payer: 'undeclared',
      invoices_users_fkey: 'undeclared',
      inviter: 'undeclared',
    });
  });

  test("with 'all' is what the foreign keys say, and everything else is purged", () => {
    const closure = closureOf('all');
    expect(tablesOf(closure)).toEqual(['users', 'sessions', 'payments', 'refunds']);
    expect(actionsOf(closure)).toEqual({
      sessions_users_fkey: 'purge',
      payments_users_fkey: 'nullify',
      payer: 'purge',
      refunds_payments_fkey: 'purge',
      invoices_users_fkey: 'default',
      inviter: 'purge',
    });
  });

  test('follows purged edges, and stops at the others', () => {
    expect(tablesOf(closureOf({ payments: 'purge' }))).toEqual(['users', 'payments']);
    expect(actionsOf(closureOf({ payments: 'purge' }))).toMatchObject({
      refunds_payments_fkey: 'undeclared',
    });
    expect(actionsOf(closureOf({ payments: 'nullify' }))).not.toHaveProperty(
      'refunds_payments_fkey',
    );
  });

  test('applies the name of a table to all its edges, and a named foreign key wins', () => {
    expect(actionsOf(closureOf({ payments: 'nullify', 'payments.payer': 'purge' }))).toMatchObject({
      payments_users_fkey: 'nullify',
      payer: 'purge',
    });
    expect(actionsOf(closureOf({ 'payments.payer': 'purge', payments: 'nullify' }))).toMatchObject({
      payments_users_fkey: 'nullify',
      payer: 'purge',
    });
    expect(actionsOf(closureOf({ 'payments.payer': 'nullify' }))).toMatchObject({
      payments_users_fkey: 'undeclared',
      payer: 'nullify',
    });
  });

  test('treats a table that references itself as its own dependent', () => {
    expect(actionsOf(closureOf({ users: 'nullify' }))).toMatchObject({ inviter: 'nullify' });
    expect(actionsOf(closureOf({ users: 'purge' }))).toMatchObject({ inviter: 'purge' });
  });

  test.each([
    'invoices',
    'billing.invoices',
    'billing.invoices.invoices_users_fkey',
    'invoices.invoices_users_fkey',
  ])('knows the dependent %s of another schema', (key) => {
    expect(actionsOf(closureOf({ [key]: 'purge' }))).toMatchObject({
      invoices_users_fkey: 'purge',
    });
  });

  test('accepts a dependent that stands behind an edge that is not purged', () => {
    expect(tablesOf(closureOf({ payments: 'nullify', refunds: 'purge' }))).toEqual(['users']);
  });
});

test('A bare name means the table that the search path finds, not its namesake', () => {
  const twins = catalogOf({ users: {}, logs: {}, other: { schema: 'old' } }, [
    { from: 'other', to: 'users' },
  ]);
  const renamed = createCatalog({
    ...twins,
    tables: [...twins.tables.values()].map((table) => ({
      ...table,
      name: new QualifiedName(table.name.schema, table.name.name.replace('other', 'logs')),
    })),
  });
  expect(refusal({ logs: 'purge' }, renamed).hint).toContain('Dependents: old.logs.');
  expect(actionsOf(closureOf({ 'old.logs': 'purge' }, renamed))).toEqual({
    other_users_fkey: 'purge',
  });
});

describe('A dependent is refused', () => {
  test('that nobody knows, with the near names', () => {
    const error = refusal({ paymnts: 'purge' });
    expect(error.code).toBe('HYG_PLAN_UNKNOWN_DEPENDENT');
    expect(error.hint).toContain('Did you mean "payments"?');
    expect(error.hint).toContain(
      'Dependents: billing.invoices, payments, refunds, sessions, users.',
    );
  });

  test('whose foreign key is misspelled', () => {
    expect(refusal({ 'payments.payr': 'purge' }).hint).toContain('Did you mean "payments.payer"?');
  });

  test('whose table exists but references nothing that is purged', () => {
    const error = refusal({ unrelated: 'purge' });
    expect(error.code).toBe('HYG_PLAN_UNKNOWN_DEPENDENT');
    expect(error.message).toBe(
      'No foreign key leads from "unrelated" to users or to what is purged with it.',
    );
  });

  test('that is named twice', () => {
    const error = refusal({ payments: 'purge', 'public.payments': 'nullify' });
    expect(error.code).toBe('HYG_PLAN_AMBIGUOUS_DEPENDENT');
    expect(error.message).toContain('"payments" and "public.payments"');
  });

  test('whose name fits tables of two schemas that are not in the search path', () => {
    const twins = catalogOf(
      { users: {}, 'a.logs': {}, logs: { schema: 'a' }, Logs: { schema: 'b' } },
      [
        { from: 'logs', to: 'users' },
        { from: 'Logs', to: 'users' },
        { from: 'a.logs', to: 'users' },
      ],
    );
    const error = refusal({ 'a.logs': 'purge' }, twins);
    expect(error.code).toBe('HYG_PLAN_AMBIGUOUS_DEPENDENT');
    expect(error.hint).toContain('a.logs.logs_users_fkey');
  });

  test.each<[string, Dependents, string]>([
    ['NULL', { sessions: 'nullify' }, 'column users_id is NOT NULL'],
    ['a default', { sessions: 'default' }, 'column users_id is NOT NULL and has no default'],
  ])('whose reference can never be %s', (_, dependents, reason) => {
    const error = refusal(dependents);
    expect(error.code).toBe('HYG_REFUSED_NULLIFY');
    expect(error.message).toContain(reason);
  });
});

describe('Only the columns that a foreign key names are cleared', () => {
  const multiTenant = (setColumns: readonly string[] | null): Catalog =>
    catalogOf({ users: {}, notes: { required: ['tenant_id'], nullable: ['user_id'] } }, [
      {
        from: 'notes',
        to: 'users',
        childColumns: ['tenant_id', 'user_id'],
        onDelete: 'set null',
        setColumns,
      },
    ]);

  test('so a NOT NULL column beside them is no obstacle', () => {
    expect(actionsOf(closureOf('all', multiTenant(['user_id'])))).toEqual({
      notes_users_fkey: 'nullify',
    });
  });

  test('and without names all of them are', () => {
    expect(refusal('all', multiTenant(null)).code).toBe('HYG_REFUSED_NULLIFY');
  });
});

describe('A reference can take its default', () => {
  const withColumn = (column: Partial<Column>): Catalog => {
    const plain = catalogOf({ users: {}, notes: { nullable: ['users_id'] } }, [
      { from: 'notes', to: 'users', onDelete: 'set default' },
    ]);
    const tables = [...plain.tables.values()].map((table) => ({
      ...table,
      columns: table.columns.map((each) => ({ ...each, ...column })),
    }));
    return createCatalog({ ...plain, tables });
  };

  test('also where it is NOT NULL, when there is one', () => {
    const catalog = withColumn({ notNull: true, hasDefault: true });
    expect(actionsOf(closureOf('all', catalog))).toEqual({ notes_users_fkey: 'default' });
  });

  test('but not where it is generated', () => {
    const catalog = withColumn({ generated: 'stored' });
    expect(refusal({ notes: 'nullify' }, catalog).message).toContain(
      'column users_id is generated',
    );
    expect(refusal('all', catalog).message).toContain('column users_id is generated');
  });
});

describe('Partitions', () => {
  const partitioned = catalogOf(
    {
      events: { kind: 'partitioned', partitions: [2, 3], nullable: ['events_id'] },
      events_2025: { partitionOf: 1, root: 1 },
      events_2026: { partitionOf: 1, root: 1 },
      notes: { required: ['events_id'] },
      marks: { required: ['events_2025_id'] },
    },
    [
      { from: 'notes', to: 'events' },
      { from: 'marks', to: 'events_2025' },
      { from: 'events', to: 'events', name: 'follows' },
    ],
  );

  test('are referenced through the keys of their parent, and parents through those of partitions', () => {
    expect(tablesOf(closureOf('all', partitioned, 'events'))).toEqual(['events', 'notes', 'marks']);
    expect(Object.keys(actionsOf(closureOf({}, partitioned, 'events_2026')))).toEqual([
      'notes_events_fkey',
      'follows',
      'marks_events_2025_fkey',
    ]);
  });

  test('and their parent are one table of the closure where both could lose rows', () => {
    const closure = closureOf({ events: 'purge' }, partitioned, 'events_2025');
    expect(tablesOf(closure)).toEqual(['events']);
    expect([closure.root.name.name, closure.rootHolder.name.name]).toEqual([
      'events_2025',
      'events',
    ]);
    expect(closure.edges.every((edge) => edge.parent === closure.rootHolder)).toBe(true);
  });

  test('can be purged alone where nothing leads back to their parent', () => {
    const simple = catalogOf({
      events: { kind: 'partitioned', partitions: [2] },
      events_2025: { partitionOf: 1, root: 1 },
    });
    const closure = closureOf('all', simple, 'events_2025');
    expect(tablesOf(closure)).toEqual(['events_2025']);
  });
});
