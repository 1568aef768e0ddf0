import { beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Gate } from './gate.ts';
import { declared } from './schema-witness.ts';
import { contents, expectRefused } from './witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
});

/** The tables of the application that the run has locked as a whole, once all its work is done. */
async function lockedAsAWhole(options: Parameters<Workbench['up']>[0]): Promise<readonly string[]> {
  await installOperation(bench.world(), { ...bench.options(), mark: null });
  const gate = await Gate.closed(database);
  await database.execute(`
    create trigger at_gate after insert on hygiene.ledger for each row
      when (new.event = 'applied') execute function wait_at_gate()`);
  const run = bench.up({ ...options, rowLockTimeoutMs: 60_000 });
  await gate.untilReached();
  const rows = await database.query<{ name: string }>(`
    select distinct l.relation::regclass::text as name
      from pg_locks l
      join pg_class c on c.oid = l.relation
      join pg_namespace n on n.oid = c.relnamespace
     where l.mode = 'AccessExclusiveLock' and l.database = (select oid from pg_database where datname = current_database())
       and n.nspname = 'public' and c.relkind in ('r', 'p')
     order by 1`);
  await gate.open();
  expect((await run).error).toBeNull();
  return rows.map(({ name }) => name);
}

describe('the window', () => {
  test('online nothing is locked as a whole', async () => {
    expect(await lockedAsAWhole({})).toEqual([]);
  });

  test.each(['delete', 'detach', 'rewrite'] as const)(
    'in maintenance %s locks the tables that lose rows or references, and no other',
    async (strategy) => {
      expect(await lockedAsAWhole({ window: 'maintenance', strategy })).toEqual([
        'live_sessions',
        'payments',
        'reports',
        'subscriptions',
        'users',
      ]);
    },
  );

  test('in maintenance a table that somebody still uses is waited for, then it is exit 6', async () => {
    const client = await database.connect();
    await client.query('begin');
    await client.query('select from live_sessions');
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_LOCK_BUSY',
        exit: 6,
        says: ['stayed locked'],
        up: { window: 'maintenance', rowLockTimeoutMs: 20 },
      },
    );
    await client.query('rollback');
    expect((await bench.up({ window: 'maintenance' })).error).toBeNull();
  });

  test('in maintenance one transaction may be large without a budget that says so', async () => {
    await database.execute(`
      insert into users (email, name) select 'more' || n || '@example.com', 'x' from generate_series(1, 100001) n`);
    bench.write(`${ID}.ts`, purgeDemoUsers({ options: `dependents: 'all'` }));
    const online = await bench.upError();
    expect(online.code).toBe('HYG_REFUSED_LARGE_ONLINE');
    expect(online.hint).toContain('--maintenance');
    const { tables } = evidenceOf(await bench.up({ window: 'maintenance' }));
    expect(tables.find(({ table }) => table === 'users')).toMatchObject({
      removed: 100_301,
      strategy: 'rewrite',
    });
  });
});

async function refused(strategy: 'detach' | 'rewrite'): Promise<HygieneError> {
  const before = await contents(database);
  const error = await bench.upError({ window: 'maintenance', strategy });
  expect(error).toMatchObject({ code: 'HYG_REFUSED_STRATEGY', exitCode: 7 });
  expect(await contents(database)).toEqual(before);
  return error;
}

describe('a strategy that was asked for', () => {
  test('is refused online, with those that are possible', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_STRATEGY',
        exit: 7,
        says: ['detach is not possible', '--maintenance', 'Possible: delete'],
        up: { strategy: 'detach' },
      },
    );
  });

  test.each([
    ['a trigger', 'create trigger x after delete on users execute function f()', 'trigger x'],
    ['a rule', 'create rule x as on insert to users do also notify x', 'rule x'],
    ['a publication', 'create publication p for table users', 'published by p'],
    [
      'a NOT VALID check',
      'alter table users add constraint c check (id > 5) not valid',
      'c forbids',
    ],
    [
      'no key',
      'alter table users drop constraint users_pkey cascade, drop constraint users_email_key',
      'no key',
    ],
  ])(
    'rewrite leaves a table with %s alone, and says so where no other is left',
    async (_what, sql, says) => {
      await database.execute(`
      create function f() returns trigger language plpgsql as 'begin return null; end';
      ${sql};`);
      bench.write(`${ID}.ts`, purgeDemoUsers({ options: `dependents: 'all'` }));
      await database.execute('truncate live_sessions, reports, subscriptions, payments');
      const error = await refused('rewrite');
      expect(error.message).toContain(says);
      expect((await bench.up({ window: 'maintenance' })).error).toBeNull();
    },
  );

  test('detach leaves a key alone whose triggers were switched off', async () => {
    await database.execute('alter table live_sessions disable trigger all');
    expect((await refused('detach')).message).toContain(
      'live_sessions_user_id_fkey were switched off',
    );
  });

  test('rewrite leaves a migration alone that has statements of its own', async () => {
    const purge = `purge(rows('users', sql\`email like '%@example.com'\`), { dependents: 'all' })`;
    bench.write(
      `${ID}.ts`,
      migration({
        up: `[${purge}, sql\`delete from reports where false\`]`,
        more: `irreversible: 'a test', budget: { max: 10 },`,
      }),
    );
    expect((await refused('rewrite')).message).toContain('statements of its own');
  });
});

describe('a rewrite', () => {
  test('that does not give back the same rows is rolled back', async () => {
    await database.execute(`
      create sequence counter;
      create function not_so_immutable(text) returns bigint immutable language sql as $$ select nextval('counter') $$;
      alter table users add column number bigint generated always as (not_so_immutable(email)) stored;`);
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_SURVIVORS_CHANGED',
        exit: 1,
        says: ['users', 'not the same', '20 before, 20 after'],
        up: { window: 'maintenance', strategy: 'rewrite' },
      },
    );
  });

  test('whose keys do not come back as they were is rolled back (PostgreSQL 18)', async () => {
    await installOperation(bench.world(), { ...bench.options(), mark: null });
    await database.execute(`
      create function meddle() returns event_trigger language plpgsql as $$
      begin
        comment on constraint live_sessions_user_id_fkey on live_sessions is 'meddled with';
      end $$;
      create event trigger meddler on ddl_command_end when tag in ('ALTER TABLE') execute function meddle();`);
    const before = await declared(database);
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_SCHEMA_CHANGED',
        exit: 1,
        says: ['did not come back', 'live_sessions_user_id_fkey'],
        up: { window: 'maintenance', strategy: 'rewrite' },
      },
    );
    await database.execute('drop event trigger meddler; drop function meddle');
    expect(await declared(database)).toEqual(before);
  });

  test.each([
    ['may be NULL', ''],
    [
      'must not be NULL any more, while nobody has looked at older rows (PostgreSQL 18)',
      'alter table live_sessions add constraint filled not null user_id not valid;',
    ],
  ])('keeps rows that reference nothing where the reference %s', async (_what, sql) => {
    await database.execute(`
      alter table live_sessions alter user_id drop not null;
      insert into live_sessions (user_id, token) values (null, 'nobody');
      ${sql}`);
    expect((await bench.up({ window: 'maintenance' })).error).toBeNull();
    const rows = await database.query('select token from live_sessions where user_id is null');
    expect(rows).toEqual([{ token: 'nobody' }]);
  });

  test('of a table of which only some pages were looked at removes what the predicate says, and no other row', async () => {
    await database.execute(`
      create table visits (id int primary key, kind int, note text not null);
      insert into visits
      select n, nullif(n % 1000, 0) % 10, repeat('x', 200) from generate_series(1, 40000) n`);
    bench
      .remove(`${ID}.ts`)
      .write(
        '20260102000000_purge_visits.ts',
        migration({ up: `purge(rows('visits', sql\`kind < 9\`), { budget: { max: 40_000 } })` }),
      );
    const { tables, steps } = evidenceOf(await bench.up({ window: 'maintenance' }));
    expect(tables).toMatchObject([{ removed: 35_960, archived: 35_960, strategy: 'rewrite' }]);
    expect(steps).toMatchObject([{ plan: { nullPredicateRows: 40 } }]);
    const left = await database.query(
      'select kind, count(*)::int as rows from visits group by kind order by kind',
    );
    expect(left).toEqual([
      { kind: 9, rows: 4_000 },
      { kind: null, rows: 40 },
    ]);
  });

  test('counts as removed what went with its table, so that side effects are bounded by it', async () => {
    const evidence = evidenceOf(await bench.up({ window: 'maintenance', strategy: 'rewrite' }));
    expect(
      evidence.tables.map(({ table, removed, archived, strategy }) => [
        table,
        removed,
        archived,
        strategy,
      ]),
    ).toEqual([
      ['users', 300, 300, 'rewrite'],
      ['live_sessions', 600, 600, 'rewrite'],
      ['subscriptions', 300, 300, 'rewrite'],
      ['reports', 100, 100, 'rewrite'],
      ['payments', 0, 0, 'delete'],
    ]);
  });
});

describe('online, a foreign key without an index', () => {
  test('is refused when its scans would take long, with the index to create; in the window it is not', async () => {
    await database.execute(`
      drop index live_sessions_user_id_idx;
      insert into users (email, name) select 'more' || n || '@example.com', 'x' from generate_series(1, 20000) n;
      insert into live_sessions (user_id, token) select id, 'more' || id from users where email like 'more%';`);
    bench.write(
      `${ID}.ts`,
      purgeDemoUsers({ options: `dependents: 'all', budget: { max: 100_000 }` }),
    );
    const [planned] = (await bench.plan()).migrations;
    expect(planned?.refusals.map(({ code }) => code)).toEqual(['HYG_REFUSED_UNINDEXED']);
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_UNINDEXED',
        exit: 7,
        says: [
          '20,300 removed rows of users',
          'create index concurrently on "public"."live_sessions" ("user_id");',
          '--maintenance',
        ],
      },
    );
    const { tables } = evidenceOf(await bench.up({ window: 'maintenance' }));
    expect(tables.find(({ table }) => table === 'users')?.removed).toBe(20_300);
  });
});
