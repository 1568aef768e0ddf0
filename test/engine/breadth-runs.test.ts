import { beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { statusOperation } from '../../src/app/operations/status.ts';
import type { PlannedStep } from '../../src/runner/plan-report.ts';
import type { MigrationResult } from '../../src/runner/migration-result.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { contentOf, contents, countOf, events, expectRefused, oldRows } from './witness.ts';

const [FIRST, SECOND, THIRD] = [
  '20260101000000_first',
  '20260102000000_second',
  '20260103000000_third',
] as const;
const ARCHIVE = 'hygiene_archive."20260101000000_g1_';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

async function outcomes(): Promise<readonly (readonly [string, string])[]> {
  const report = await bench.up();
  expect(report.error).toBeNull();
  return report.results.map(({ id, outcome }) => [id, outcome.kind]);
}

/** What plan promises for each table of its steps. */
function promised(steps: readonly PlannedStep[]): readonly (readonly [string, number])[] {
  return steps
    .flatMap((step) => (step.kind === 'purge' ? step.plan.tables : []))
    .filter(({ doomed }) => doomed > 0)
    .map(({ table, doomed }) => [table, doomed] as const)
    .sort();
}

function removedBy(outcome: MigrationResult['outcome']): readonly (readonly [string, number])[] {
  if (outcome.kind !== 'applied') return [];
  return outcome.evidence.tables
    .filter(({ removed }) => removed > 0)
    .map(({ table, removed }) => [table, removed] as const)
    .sort();
}

describe('several migrations in one up', () => {
  beforeEach(() => {
    bench
      .write(`${FIRST}.ts`, migration({ up: "purge(rows('reports', sql`id <= 40`))" }))
      .write(
        `${SECOND}.ts`,
        migration({ up: "purge(rows('users', sql`id <= 150`), { dependents: 'all' })" }),
      )
      .write(
        `${THIRD}.ts`,
        migration({
          up: "purge(rows('users', sql`email like '%@example.com'`), { dependents: 'all', budget: { maxShare: 0.9 } })",
        }),
      );
  });

  test('are planned as they will be done: rows that an earlier one takes are not counted again', async () => {
    const planned = await bench.plan();
    const report = await bench.up();
    expect(report.error).toBeNull();
    const done = report.results.map(({ outcome }) => removedBy(outcome));
    expect(planned.migrations.map(({ steps }) => promised(steps))).toEqual(done);
    expect(done[0]).toEqual([['reports', 40]]);
    expect(done[2]).toContainEqual(['users', 150]);
    expect(await countOf(database, 'users')).toBe(20);
  });

  test('are refused in plan where up refuses: shares are of what is left', async () => {
    bench.write(
      `${THIRD}.ts`,
      migration({
        up: "purge(rows('users', sql`email like '%@example.com'`), { dependents: 'all', budget: { maxShare: 0.8 } })",
      }),
    );
    const planned = await bench.plan();
    const refusal = planned.migrations[2]?.refusals[0];
    const report = await bench.up();
    expect(report.results.map(({ outcome }) => outcome.kind)).toEqual([
      'applied',
      'applied',
      'failed',
    ]);
    expect(report.error?.message).toBe(
      'purge users would take 150 of 170 rows (88.24 %); its budget allows 80 %.',
    );
    expect(refusal?.message).toBe(report.error?.message);
    expect(report.remaining).toEqual([THIRD]);
  });

  test('stop at the first failure; what was applied stays, and the next run goes on', async () => {
    bench.write(`${SECOND}.ts`, migration({ up: "purge(rows('users', sql`nonsense`))" }));
    const report = await bench.up();
    expect(report.error?.code).toBe('HYG_PLAN_BAD_PREDICATE');
    expect(report.remaining).toEqual([SECOND, THIRD]);
    expect(await countOf(database, 'reports')).toBe(66);
    expect(await countOf(database, 'users')).toBe(320);
    bench.write(
      `${SECOND}.ts`,
      migration({ up: "purge(rows('users', sql`id <= 150`), { dependents: 'all' })" }),
    );
    expect(await outcomes()).toEqual([
      [SECOND, 'applied'],
      [THIRD, 'applied'],
    ]);
    expect(await events(database)).toEqual([
      'started',
      'applied',
      'started',
      'failed HYG_PLAN_BAD_PREDICATE',
      'started',
      'applied',
      'started',
      'applied',
    ]);
    expect(await database.query('select ok, events from hygiene.verify_ledger()')).toEqual([
      { ok: true, events: '8' },
    ]);
  });
});

describe('steps of one migration', () => {
  test('that purge one table twice share its archive', async () => {
    const gone = await contentOf(database, '(select * from reports where id <= 10 or id > 90)');
    bench.write(
      `${FIRST}.ts`,
      migration({
        up: "[purge(rows('reports', sql`id <= 10`)), purge(rows('reports', sql`id <= 10 or id > 90`))]",
        verify: "await expect.clean(); await expect.clean('reports');",
      }),
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await contentOf(database, `${ARCHIVE}reports"`)).toBe(gone);
    expect(
      await database.query('select source_table, kind, rows::int from hygiene.archives'),
    ).toEqual([{ source_table: 'reports', kind: 'rows', rows: 26 }]);
    expect(await database.query("select rows from hygiene.ledger where event = 'applied'")).toEqual(
      [
        {
          rows: [
            {
              table: 'reports',
              planned: 26,
              archived: 26,
              removed: 26,
              changed: 0,
              strategy: 'delete',
              extent: { before: 106, after: 80, counted: true },
            },
          ],
        },
      ],
    );
  });

  test('scrub before they purge: the archive of the purge holds what the scrub made', async () => {
    const old = await contentOf(database, '(select * from users where id <= 20)');
    bench.write(
      `${FIRST}.ts`,
      migration({
        up: `[
          scrub(rows('users', sql\`id <= 20\`), { set: { name: 'Nobody', email: sql\`'user' || id || '@gone.invalid'\` } }),
          purge(rows('users', sql\`id <= 10\`), { dependents: 'all' }),
        ]`,
        verify: "await expect.count(rows('users', sql`name = 'Nobody'`), 10);",
      }),
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await contentOf(database, await oldRows(database, `${ARCHIVE}users_mutations"`))).toBe(
      old,
    );
    expect(
      await countOf(
        database,
        `${ARCHIVE}s2_users" where name = 'Nobody' and email = 'user' || id || '@gone.invalid'`,
      ),
    ).toBe(10);
  });

  test('without an archive leave none, and say why that is right', async () => {
    bench.write(
      `${FIRST}.ts`,
      migration({
        up: "[purge(rows('reports', sql`id <= 10`), { archive: false }), scrub(rows('users', sql`id = 1`), { set: { name: 'x' }, archive: false })]",
        more: "irreversible: 'nobody may keep these',",
      }),
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await countOf(database, 'reports')).toBe(96);
    expect(
      await database.query(
        "select 1 from pg_class where relnamespace = 'hygiene_archive'::regnamespace",
      ),
    ).toEqual([]);
    expect(
      await database.query(
        "select evidence ->> 'irreversible' as why, rows #> '{0,archived}' as archived from hygiene.ledger where event = 'applied'",
      ),
    ).toEqual([{ why: 'nobody may keep these', archived: 0 }]);
  });

  test('that find nothing do nothing, and are applied', async () => {
    const before = await contents(database);
    bench.write(
      `${FIRST}.ts`,
      migration({
        up: "[purge(rows('users', sql`false`)), scrub(rows('users', sql`false`), { set: { name: 'x' } })]",
      }),
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await contents(database)).toEqual(before);
  });
});

describe('keep', () => {
  test('removes everything but, and `not (…)` of NULL is refused unless it is said', async () => {
    await database.execute(
      'alter table reports add column kind text; update reports set kind = case when id <= 10 then $$own$$ when id <= 30 then $$old$$ end',
    );
    bench.write(
      `${FIRST}.ts`,
      migration({ up: "purge(rows('reports', { keep: sql`kind = 'own'` }))" }),
    );
    await expectRefused(
      { bench, database },
      { code: 'HYG_REFUSED_NULL_KEEP', exit: 7, says: ['NULL for 76 rows'] },
    );
    const kept = await contentOf(database, "(select * from reports where kind = 'own')");
    bench.write(
      `${FIRST}.ts`,
      migration({ up: "purge(rows('reports', { keep: sql`(kind = 'own') is true` }))" }),
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await contentOf(database, 'reports')).toBe(kept);
    expect(await countOf(database, `${ARCHIVE}reports"`)).toBe(96);
  });
});

describe('requires', () => {
  beforeEach(() => {
    bench
      .write(
        `${FIRST}.ts`,
        migration({ up: "purge(rows('guests', sql`demo`))", more: "requires: ['guests.demo']," }),
      )
      .write(`${SECOND}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
  });

  test('skips, lets later migrations run, and applies when the table appears', async () => {
    const expected = [
      [FIRST, 'skipped'],
      [SECOND, 'applied'],
    ];
    expect((await bench.plan()).migrations.map(({ missing }) => missing)).toEqual([
      ['guests.demo'],
      [],
    ]);
    expect(await outcomes()).toEqual(expected);
    expect(await outcomes()).toEqual([[FIRST, 'skipped']]);
    expect(await events(database)).toEqual(['skipped', 'started', 'applied']);
    await database.execute(
      'create table guests (id int primary key, demo boolean); insert into guests values (1, true), (2, false)',
    );
    expect(await outcomes()).toEqual([[FIRST, 'applied']]);
    expect(await outcomes()).toEqual([]);
    expect(await events(database)).toEqual(['skipped', 'started', 'applied', 'started', 'applied']);
    expect(await database.query('select id from guests')).toEqual([{ id: 2 }]);
  });

  test('of a column that is missing skips too, with a note', async () => {
    await database.execute('create table guests (id int primary key)');
    await outcomes();
    expect(await database.query("select note from hygiene.ledger where event = 'skipped'")).toEqual(
      [{ note: 'missing: guests.demo' }],
    );
  });
});

describe('environments', () => {
  beforeEach(() => {
    bench
      .write(
        `${FIRST}.ts`,
        migration({
          up: "purge(rows('users', sql`true`), { dependents: 'all' })",
          more: "environments: ['staging'],",
        }),
      )
      .write(`${SECOND}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
  });

  test('leave a migration out elsewhere, without a ledger row, and later migrations run', async () => {
    const report = await bench.up();
    expect(report.elsewhere).toEqual([FIRST]);
    expect(report.results.map(({ id }) => id)).toEqual([SECOND]);
    const again = await bench.up();
    expect({ elsewhere: again.elsewhere, error: again.error, results: again.results }).toEqual({
      elsewhere: [FIRST],
      error: null,
      results: [],
    });
    expect((await bench.plan()).elsewhere).toEqual([FIRST]);
    expect((await statusOperation(bench.world(), bench.options())).problem).toBeNull();
    bench.write(`${THIRD}.ts`, migration({ up: "purge(rows('reports', sql`id <= 20`))" }));
    expect(await outcomes()).toEqual([[THIRD, 'applied']]);
    expect(await countOf(database, 'users')).toBe(320);
  });

  test('run it where it is meant to run', async () => {
    await installOperation(bench.world(), { ...bench.options(), mark: 'staging' });
    expect(await outcomes()).toEqual([
      [FIRST, 'applied'],
      [SECOND, 'applied'],
    ]);
    expect(await countOf(database, 'users')).toBe(0);
  });
});
