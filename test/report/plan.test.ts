import { QualifiedName } from '../../src/kernel/identifiers.ts';
import { describe, expect, test } from '@jest/globals';

import { HygieneError } from '../../src/kernel/errors.ts';
import type { PurgePlan } from '../../src/planner/plan.ts';
import { planOutcome } from '../../src/report/plan-document.ts';
import { planText, totals } from '../../src/report/plan.ts';
import type { PlannedMigration, PlanReport } from '../../src/runner/plan-report.ts';

const purgePlan: PurgePlan = {
  root: 'users',
  tables: [
    {
      table: 'users',
      doomed: 1200,
      changed: 0,
      total: 5000,
      survivors: 3800,
      lock: 'ROW EXCLUSIVE',
      locksRows: true,
    },
    {
      table: 'payments',
      doomed: 0,
      changed: 40,
      total: null,
      survivors: null,
      lock: 'ROW EXCLUSIVE',
      locksRows: false,
    },
  ],
  edges: [
    {
      constraint: 'payments_user_id_fkey',
      child: 'payments',
      parent: 'users',
      action: 'nullify',
      onDelete: 'no action',
      rows: 40,
      indexed: false,
    },
    {
      constraint: 'notes_user_id_fkey',
      child: 'notes',
      parent: 'users',
      action: 'purge',
      onDelete: 'cascade',
      rows: 0,
      indexed: true,
    },
  ],
  nullPredicateRows: 7,
  order: [['payments'], ['users']],
  strategy: 'delete',
  options: [
    { strategy: 'delete', estimatedMs: 2500, obstacle: null },
    { strategy: 'detach', estimatedMs: 300, obstacle: 'only in the maintenance window' },
  ],
  rewritten: [],
  detached: [],
  estimatedMs: 2500,
  warnings: [
    {
      kind: 'unindexed',
      table: 'payments',
      message: 'No index on payments (user_id): each removed row of users scans the table.',
      sql: 'create index concurrently on "public"."payments" ("user_id");',
    },
    { kind: 'guard', table: 'users', message: 'takes a lock', sql: null },
  ],
  digest: 'sha256:0',
};

const migration: PlannedMigration = {
  id: '20260101000000_purge',
  description: 'Remove demo users',
  irreversible: 'they were never real',
  transaction: 'single',
  batches: null,
  missing: [],
  guards: [
    {
      name: 'hygiene_guard_20260101000000_purge',
      table: new QualifiedName('public', 'users'),
      form: 'check',
      forbidden: '(email is null)',
      definition: 'CHECK (((email IS NULL) IS NOT TRUE))',
      searchPath: ['public'],
    },
  ],
  steps: [
    { kind: 'purge', label: 'purge users', plan: purgePlan },
    { kind: 'scrub', label: 'scrub reports', table: 'reports', rows: 5, total: 1000, nullRows: 1 },
    { kind: 'unknown', label: 'SQL script' },
  ],
  refusals: [],
};

const report: PlanReport = {
  window: 'online',
  strategy: null,
  environment: 'production',
  marker: null,
  ledgerInstalled: true,
  schema: {},
  isNew: false,
  migrations: [migration],
  selected: {
    pending: [migration.id],
    leftOut: ['a_left_out'],
    held: ['b_held'],
    applied: [],
    baselined: [],
  },
  elsewhere: ['c_elsewhere'],
};

describe('the text of a plan', () => {
  test('names the up that does what was planned, window and strategy included', () => {
    const inWindow = { ...report, window: 'maintenance', strategy: 'rewrite' } as const;
    expect(planText(inWindow).at(-1)).toBe(
      'Nothing was changed. Next: hygiene up --maintenance --strategy rewrite',
    );
  });

  test('has tables, foreign keys with rows, NULL rows, warnings with their SQL, and what would not run', () => {
    expect(planText(report).join('\n')).toBe(`20260101000000_purge
  Remove demo users
  cannot be undone: they were never real
  purge users (about 2.5 s)
    table     remove  change     of  lock
    users      1,200       0  5,000  ROW EXCLUSIVE
    payments       0      40      –  ROW EXCLUSIVE
    foreign key            child → parent    action   rows
    payments_user_id_fkey  payments → users  nullify    40
    strategy   about
    delete     2.5 s  chosen
    detach    300 ms  only in the maintenance window
    The predicate is NULL for 7 rows of users: not selected.
    warning: No index on payments (user_id): each removed row of users scans the table.
      create index concurrently on "public"."payments" ("user_id");
  scrub reports: 5 rows of 1,000 to change
  The predicate is NULL for 1 row of reports: not selected.
  SQL script: what it does shows only when it runs; its budget bounds it
  guard: CHECK hygiene_guard_20260101000000_purge on users, added after the commit, which locks
    users for a moment

held: b_held (its rows were restored)
  To release it: hygiene reapply b_held --reason '…'
left out: a_left_out (older than the newest applied one)
elsewhere: c_elsewhere (meant for other environments)
1 migration pending: 1,200 rows to remove, 45 to change in 3 tables, about 2.5 s, and 1 step whose
  effect is not known before.
Nothing was changed. Next: hygiene up`);
  });

  test('says what would be refused, and does not send anybody to `up` then', () => {
    const refusal = new HygieneError('HYG_REFUSED_BUDGET', {
      message: 'purge users: 1,200 rows, but budget.max is 100.',
      hint: 'budget: { max: 1200 }',
    });
    const refused = { ...report, migrations: [{ ...migration, refusals: [refusal] }] };
    const text = planText(refused).join('\n');
    expect(text).toContain(`  would be refused:
    error HYG_REFUSED_BUDGET: purge users: 1,200 rows, but budget.max is 100.
    budget: { max: 1200 }`);
    expect(text).not.toContain('Next: hygiene up');
    expect(planOutcome(refused)).toBe('refused');
  });

  test('counts a table once, however many steps touch it', () => {
    const twice = totals([migration, migration]);
    expect(twice).toEqual({
      removed: 2400,
      changed: 90,
      tables: 3,
      milliseconds: 5000,
      unknown: 2,
    });
  });
});
