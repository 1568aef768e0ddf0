import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { contentOf, countOf, expectRefused } from './witness.ts';

const ID = '20260101000000_cleanup';
const FREE = "irreversible: 'a test', budget: { max: 5_000 },";

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  await database.execute(`
    create table readings (id bigint, region text, value int, primary key (id, region)) partition by list (region);
    create table readings_north partition of readings for values in ('north');
    create table readings_south partition of readings for values in ('south');
    create table readings_rest partition of readings default;
    insert into readings select n, (array['north', 'south'])[1 + n % 2], n from generate_series(1, 20) as n;`);
  bench = new Workbench(database.url);
});

const asStep = (text: string): string => migration({ up: `sql\`${text}\``, more: FREE });
const asFunction = (body: string): string =>
  migration({ up: `async ({ db, purge, scrub, log }) => { ${body} }`, more: FREE });

const REPORT = "author_id: 1, title: 'again'";

describe('an insert is found', () => {
  test.each([
    ['by knex', asFunction(`await db('reports').insert({ ${REPORT} });`), 'reports'],
    [
      'in a nested transaction',
      asFunction(`await db.transaction((inner) => inner('reports').insert({ ${REPORT} }));`),
      'reports',
    ],
    [
      'in an sql step',
      asStep("insert into reports (author_id, title) values (1, 'again')"),
      'reports',
    ],
    [
      'of fewer rows than it deletes',
      asStep(
        'with gone as (delete from reports where id < 10 returning author_id) insert into reports (author_id, title) select author_id, 1::text from gone limit 2',
      ),
      'reports',
    ],
    [
      'of as many rows as it deletes',
      asFunction(
        `const gone = await db('reports').del(); await db('reports').insert(Array.from({ length: gone }, () => ({ ${REPORT} })));`,
      ),
      'reports',
    ],
    [
      'that deletes the row again',
      asStep(
        "insert into reports (author_id, title) values (1, 'again'); delete from reports where title = 'again'",
      ),
      'reports',
    ],
    [
      'that a savepoint takes back',
      asStep(
        "savepoint mine; insert into reports (author_id, title) values (1, 'again'); rollback to savepoint mine",
      ),
      'reports',
    ],
    [
      'by an upsert of a new row',
      asStep(
        "insert into reports (id, author_id, title) overriding system value values (100000, 1, 'again') on conflict (id) do update set title = excluded.title",
      ),
      'reports',
    ],
    [
      'by a MERGE',
      asStep(
        "merge into reports using (values (100000)) as s (id) on reports.id = s.id when not matched then insert (author_id, title) values (1, 'again')",
      ),
      'reports',
    ],
    [
      'through a partition root',
      asStep("insert into readings values (100, 'north', 1)"),
      'readings',
    ],
    ['into a partition', asStep("insert into readings_north values (100, 'north', 1)"), 'readings'],
    [
      'beside a delete in the same partition',
      asStep("delete from readings where id = 3; insert into readings values (100, 'south', 1)"),
      'readings',
    ],
    [
      'into a table that it makes',
      asStep('create table copied as select * from reports'),
      'copied',
    ],
    [
      'into a materialized view',
      asStep('create materialized view copied as select * from reports'),
      'copied',
    ],
    [
      'through a view',
      asFunction(
        "await db.raw('create view shown as select * from reports'); await db('shown').insert({ author_id: 1, title: 'again' });",
      ),
      'reports',
    ],
    [
      'in another schema',
      asStep(
        'create schema other; create table other.copied (n int); insert into other.copied values (1)',
      ),
      'other.copied',
    ],
    [
      'in our own schema that is moved out of it',
      asStep(
        'create table hygiene_archive.copied as select * from reports; alter table hygiene_archive.copied set schema public',
      ),
      'copied',
    ],
  ])('%s', async (_, text, table) => {
    bench.write(`${ID}.ts`, text);
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_INSERTED', exit: 1, says: [`into ${table}.`, 'A cleanup inserts nothing'] },
    );
  });

  test('by a trigger of the purged table', async () => {
    await database.execute(`
      create function reseed() returns trigger language plpgsql as $$
      begin
        insert into users (email, name) values ('again' || old.id || '@example.com', 'Again');
        return null;
      end $$;
      create trigger reseed after delete on reports for each row execute function reseed();`);
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_INSERTED', exit: 1, says: ['10 rows into users'] },
    );
  });

  test('by a trigger that fires when deferred constraints are checked', async () => {
    await database.execute(`
      create function reseed() returns trigger language plpgsql as $$
      begin
        insert into users (email, name) values ('again' || old.id || '@example.com', 'Again');
        return null;
      end $$;
      create constraint trigger reseed after delete on reports deferrable initially deferred
        for each row execute function reseed();`);
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_INSERTED', exit: 1, says: ['10 rows into users'] },
    );
  });
});

describe('what is no insert', () => {
  test.each([
    [
      'an upsert that only updates',
      asStep(
        "insert into reports (id, author_id, title) overriding system value select id, author_id, 'x' from reports on conflict (id) do update set title = excluded.title",
      ),
      { table: "reports where title = 'x'", holds: 106 },
    ],
    [
      'an update that moves rows to another partition',
      asStep("update readings set region = 'south' where region = 'north'"),
      { table: 'readings_south', holds: 20 },
    ],
    [
      'a scrub that moves rows to another partition',
      migration({
        up: "scrub(rows('readings', sql`region = 'north'`), { set: { region: 'elsewhere' } })",
      }),
      { table: 'readings_rest', holds: 10 },
    ],
    [
      'moves in both directions at once',
      asStep("update readings set region = case region when 'north' then 'south' else 'north' end"),
      { table: 'readings_south', holds: 10 },
    ],
    [
      'a temporary table',
      asStep(
        'create temp table chosen on commit drop as select id from reports where id < 11; delete from reports using chosen where reports.id = chosen.id',
      ),
      { table: 'reports', holds: 96 },
    ],
  ])('%s', async (_, text, { table, holds }) => {
    bench.write(`${ID}.ts`, text);
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, table)).toBe(holds);
    expect(await countOf(database, 'readings')).toBe(20);
  });

  test('rows that another session inserts meanwhile', async () => {
    const other = await database.connect();
    await other.query('begin');
    await other.query("insert into users (email, name) values ('new@corp-mail.io', 'New')");
    bench.write(`${ID}.ts`, asFunction("await db('reports').where('id', '<', 5).del();"));
    const report = await bench.up();
    await other.query('commit');
    expect(report.error).toBeNull();
    expect(await countOf(database, 'users')).toBe(321);
  });
});

describe('a truncate or rewrite is found', () => {
  test.each([
    ['truncate', asStep('truncate live_sessions'), 'live_sessions'],
    ['truncate ... cascade', asStep('truncate users cascade'), 'live_sessions'],
    ['truncate of one partition', asStep('truncate readings_north'), 'readings'],
    [
      'insert, then truncate',
      asStep("insert into reports (author_id, title) values (1, 'x'); truncate reports"),
      'reports',
    ],
    ['drop table', asStep('drop table reports'), 'reports'],
    ['drop of a partition', asStep('drop table readings_north'), 'readings'],
    [
      'a rewrite by ALTER TABLE',
      asStep('alter table reports alter column title type varchar(10) using left(title, 10)'),
      'reports',
    ],
    [
      'alter table set schema into our own',
      asStep('alter table reports set schema hygiene_archive'),
      'reports',
    ],
    ['truncate by knex', asFunction("await db('live_sessions').truncate();"), 'live_sessions'],
  ])('%s', async (_, text, table) => {
    bench.write(`${ID}.ts`, text);
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_TRUNCATED', exit: 1, says: [`${table}.`, 'purge(rows('] },
    );
  });

  test('but not a vacuum full of another session before us', async () => {
    await database.execute('vacuum full reports');
    const before = await contentOf(database, '(select * from reports where id > 10)');
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
    expect((await bench.up()).error).toBeNull();
    expect(await contentOf(database, 'reports')).toBe(before);
  });
});

describe('settings that would hide changes', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['session_replication_role', 'replica', 'session_replication_role = replica'],
    ['track_counts', 'off', 'track_counts = off'],
  ];

  const hidden = "insert into reports (author_id, title) values (1, 'hidden')";

  test.each([
    ['a step', asStep(`set local track_counts = off; ${hidden}; set local track_counts = on`)],
    [
      'a function',
      asFunction(
        'await db.raw("select set_config(?, ?, true)", ["x.y", "z"]); await db.raw("set local Session_Replication_Role to replica");',
      ),
    ],
    ['a DO block', asStep('do $$ begin set local session_replication_role = replica; end $$')],
  ])('are refused before they are sent, in %s', async (_, text) => {
    bench.write(`${ID}.ts`, text);
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_SETTINGS',
        exit: 7,
        says: [/track_counts|session_replication_role/i, 'would go unseen'],
      },
    );
  });

  test.each(cases)(
    '%s changed by a function of the database is found afterwards',
    async (name, value, shown) => {
      await database.execute(`create function go_blind() returns text language sql as
      $$ select set_config('${name}', '${value}', true) $$`);
      bench.write(`${ID}.ts`, asStep('delete from reports where id = 1; select go_blind()'));
      await expectRefused(
        { bench, database },
        { code: 'HYG_REFUSED_SETTINGS', exit: 7, says: [shown, 'would go unseen'] },
      );
    },
  );

  test.each(cases)(
    '%s changed for the whole database is refused before anything is done',
    async (name, value, shown) => {
      await database.execute(`alter database "${database.name}" set ${name} = ${value}`);
      bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`true`))" }));
      await expectRefused(
        { bench, database },
        { code: 'HYG_REFUSED_SETTINGS', exit: 7, says: [shown] },
      );
    },
  );
});
