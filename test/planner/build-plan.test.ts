import { describe, expect, test } from '@jest/globals';
import type { Catalog, Table, Trigger } from '../../src/catalog/model.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';
import { buildPlan, estimateDelete } from '../../src/planner/build-plan.ts';
import { chooseStrategy } from '../../src/planner/choose-strategy.ts';
import type { PlanCounts, PlanInput, PurgePlan } from '../../src/planner/plan.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import { catalogOf, type ForeignKeySketch, tableNamed, type TableSketch } from './catalog-of.ts';

interface Shop {
  readonly sessionsKey?: Partial<ForeignKeySketch>;
  readonly users?: Partial<Table>;
  readonly sessions?: Partial<Table>;
  readonly payments?: TableSketch;
}

function shopOf({ sessionsKey, users, sessions, payments }: Shop = {}): Catalog {
  return catalogOf(
    {
      users: { ...users },
      sessions: { required: ['users_id'], ...sessions },
      payments: { nullable: ['users_id'], ...payments },
      reports: { nullable: ['users_id'] },
    },
    [
      { from: 'sessions', to: 'users', onDelete: 'cascade', ...sessionsKey },
      { from: 'payments', to: 'users', onDelete: 'set null' },
      { from: 'reports', to: 'users' },
    ],
  );
}

interface Counted {
  readonly users?: number;
  readonly sessions?: number;
  readonly archive?: boolean;
  readonly guard?: boolean;
  readonly totalUsers?: number;
  readonly earlier?: readonly Table[];
}

/** 10 of 12 users go, 25 sessions with them, 3 payments lose their user. */
function planOf(catalog: Catalog = shopOf(), counted: Counted = {}): PurgePlan {
  const users = tableNamed(catalog, 'users');
  const sessions = tableNamed(catalog, 'sessions');
  const closure = planClosure(catalog, users, { sessions: 'purge', payments: 'nullify' });
  const rows: Readonly<Record<string, number>> = {
    sessions_users_fkey: counted.sessions ?? 25,
    payments_users_fkey: 3,
  };
  const archive = counted.archive ?? true;
  const counts: PlanCounts = {
    doomed: new Map([
      [users, counted.users ?? 10],
      [sessions, counted.sessions ?? 25],
    ]),
    totals: new Map([[users, counted.totalUsers ?? 12]]),
    edges: new Map(closure.edges.map((edge) => [edge, rows[edge.foreignKey.name] ?? 0])),
    nullPredicateRows: 1,
  };
  const guard = counted.guard ?? false;
  const earlier = counted.earlier ?? [];
  return buildPlan(catalog, deletedOnline(catalog, { closure, counts, archive, guard, earlier }));
}

function deletedOnline(catalog: Catalog, input: Omit<PlanInput, 'window' | 'choice'>): PlanInput {
  const window = 'online';
  const question = { ...input, window, facts: null, isFreeForm: false, asked: null } as const;
  return { ...input, window, choice: chooseStrategy(catalog, question, estimateDelete(input)) };
}

describe('A plan', () => {
  test('counts the rows of each table, and says which lock it gets', () => {
    const { tables, root, nullPredicateRows } = planOf();
    expect({ root, nullPredicateRows }).toEqual({ root: 'users', nullPredicateRows: 1 });
    const written = { lock: 'ROW EXCLUSIVE', changed: 0, total: null, survivors: null };
    expect(tables).toEqual([
      { ...written, table: 'users', doomed: 10, total: 12, survivors: 2, locksRows: true },
      { ...written, table: 'sessions', doomed: 25, locksRows: true },
      { ...written, table: 'payments', doomed: 0, changed: 3, locksRows: false },
      { ...written, table: 'reports', doomed: 0, lock: 'ROW SHARE', locksRows: false },
    ]);
  });

  test('counts the rows of each edge', () => {
    expect(
      planOf().edges.map(({ constraint, action, rows }) => [constraint, action, rows]),
    ).toEqual([
      ['sessions_users_fkey', 'purge', 25],
      ['payments_users_fkey', 'nullify', 3],
      ['reports_users_fkey', 'undeclared', 0],
    ]);
    expect(planOf().edges[0]).toMatchObject({
      child: 'sessions',
      parent: 'users',
      onDelete: 'cascade',
      indexed: true,
    });
  });

  test('removes children first', () => {
    expect(planOf().order).toEqual([['sessions'], ['users']]);
  });

  test('is only data', () => {
    const plan = planOf();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('The digest of a plan', () => {
  test('is the same for the same removal, whatever the statistics and indexes say', () => {
    const other = shopOf({
      sessionsKey: { indexed: false },
      sessions: { estimatedRows: 1_000_000 },
    });
    const plan = planOf(other, { totalUsers: 50, archive: false });
    expect(plan.estimatedMs).not.toBe(planOf().estimatedMs);
    expect(plan.digest).toBe(planOf().digest);
    expect(plan.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('differs when one row more would go', () => {
    expect(planOf(shopOf(), { sessions: 26 }).digest).not.toBe(planOf().digest);
  });

  test('differs when a foreign key means something else', () => {
    const other = shopOf({ sessionsKey: { onDelete: 'restrict' } });
    expect(planOf(other).digest).not.toBe(planOf().digest);
  });
});

const trigger: Trigger = {
  name: 'audit',
  timing: 'before',
  level: 'row',
  events: ['delete'],
  function: new QualifiedName('public', 'write_audit'),
  enabled: 'origin',
};

describe('A plan warns', () => {
  const kinds = (plan: PurgePlan): readonly string[] =>
    plan.warnings.map((warning) => `${warning.table}: ${warning.kind}`);

  test('about nothing when there is nothing', () => {
    expect(planOf().warnings).toEqual([]);
  });

  test('about a predicate that matches nothing, but not in an empty table', () => {
    expect(planOf(shopOf(), { users: 0, sessions: 0 }).warnings).toMatchObject([
      { kind: 'no rows', message: expect.stringMatching(/^No row of users matches, of 12\./) },
    ]);
    expect(planOf(shopOf(), { users: 0, sessions: 0, totalUsers: 0 }).warnings).toEqual([]);
  });

  test('about a foreign key without index, with the statement that makes one', () => {
    const [warning, ...others] = planOf(shopOf({ sessionsKey: { indexed: false } })).warnings;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      kind: 'unindexed',
      message: 'No index on sessions (users_id): each removed row of users scans the table.',
      sql: 'create index concurrently on "public"."sessions" ("users_id");',
    });
  });

  test('with a statement without CONCURRENTLY where the table is partitioned', () => {
    const plan = planOf(
      shopOf({ sessionsKey: { indexed: false }, sessions: { kind: 'partitioned' } }),
    );
    expect(plan.warnings[0]?.sql).toBe('create index on "public"."sessions" ("users_id");');
  });

  test('about foreign keys that PostgreSQL does not vouch for', () => {
    expect(kinds(planOf(shopOf({ sessionsKey: { validated: false } })))).toEqual([
      'sessions: not validated',
    ]);
    const notEnforced = planOf(
      shopOf({
        sessionsKey: { enforced: false, indexed: false },
        sessions: { estimatedRows: 1e9 },
      }),
    );
    expect(notEnforced.estimatedMs).toBeLessThan(10);
    expect(kinds(notEnforced)).toEqual(['sessions: not validated']);
    expect(notEnforced.warnings[0]?.message).toContain('NOT ENFORCED');
    const enforced = planOf(
      shopOf({ sessionsKey: { indexed: false }, sessions: { estimatedRows: 1e9 } }),
    );
    expect(enforced.estimatedMs).toBeGreaterThan(600_000);
  });

  test('about columns that are named like a reference, unless an earlier step takes their rows', () => {
    const catalog = shopOf({ payments: { nullable: ['users_id', 'session_id'] } });
    expect(planOf(catalog).warnings).toMatchObject([
      {
        kind: 'no foreign key',
        table: 'payments',
        message: expect.stringMatching(
          /^payments\.session_id is named like a reference to sessions, but/,
        ),
      },
    ]);
    const earlier = [tableNamed(catalog, 'payments')];
    expect(planOf(catalog, { earlier }).warnings).toEqual([]);
  });

  test('about triggers of tables that lose or change rows, unless they are disabled', () => {
    const plan = planOf(
      shopOf({
        users: { triggers: [trigger, { ...trigger, name: 'off', enabled: 'disabled' }] },
        sessions: { triggers: [{ ...trigger, events: ['insert'] }] },
        payments: { triggers: [{ ...trigger, timing: 'after', events: ['update'] }] },
      }),
    );
    expect(plan.warnings.map((warning) => warning.message)).toEqual([
      'Trigger audit on users runs write_audit before each delete: it may keep rows or change others.',
      'Trigger audit on payments runs write_audit after each update: it may change other rows.',
    ]);
  });

  test('about rules and missing keys, but not for tables without a doomed row', () => {
    const odd = { deleteRules: ['keep'], key: null };
    expect(kinds(planOf(shopOf({ sessions: odd })))).toEqual([
      'sessions: no key',
      'sessions: rule',
    ]);
    expect(planOf(shopOf({ sessions: odd }), { sessions: 0 }).warnings).toEqual([]);
  });

  test('not about foreign keys to tables without a doomed row', () => {
    const catalog = catalogOf({ users: {}, notes: { nullable: ['users_id'] } }, [
      { from: 'notes', to: 'users', indexed: false },
    ]);
    const closure = planClosure(catalog, tableNamed(catalog, 'users'), { notes: 'purge' });
    const counts = { doomed: new Map(), edges: new Map(), nullPredicateRows: 0 };
    const input = { closure, counts, archive: true, guard: false, earlier: [] };
    const plan = buildPlan(catalog, deletedOnline(catalog, input));
    expect(plan.warnings).toEqual([]);
    expect(plan.tables.map((table) => table.doomed)).toEqual([0, 0]);
  });

  test('about an archive that is off and a guard that is on', () => {
    expect(kinds(planOf(shopOf(), { archive: false, guard: true }))).toEqual([
      'users: no archive',
      'users: guard',
    ]);
  });
});
