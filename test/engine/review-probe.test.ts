import { beforeEach, expect, test } from '@jest/globals';
import { writeFileSync, appendFileSync } from 'node:fs';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';

const OUT = '/tmp/brief/probe.txt';
writeFileSync(OUT, '');
let database: TestDatabase;
let bench: Workbench;
const ID = '20260101000000_cleanup';
const more = `irreversible: 'a test', budget: { max: 50000 },`;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});
function fn(body: string, verify?: string): void {
  bench.write(`${ID}.ts`, migration({ up: `async ({ db, purge, scrub, log }) => { ${body} }`, more, ...(verify ? { verify } : {}) }));
}
async function show(name: string, extra = 'select 1 as x'): Promise<void> {
  const report = await bench.up().then((r) => ({ r }), (e: unknown) => ({ e: e as any }));
  const out: any = 'e' in report
    ? { thrown: report.e.code, msg: report.e.message, hint: report.e.hint, exit: report.e.exitCode }
    : { results: report.r.results.map((x) => [x.id, x.outcome.kind]), error: report.r.error && { code: report.r.error.code, msg: report.r.error.message, hint: report.r.error.hint, exit: report.r.error.exitCode, details: report.r.error.details } };
  const events = await database.query("select event, error->>'message' as m, rows from hygiene.ledger order by seq").catch((e: Error) => e.message);
  const rows = await database.query(extra).catch((e: Error) => e.message);
  appendFileSync(OUT, `\n== ${name}\n${JSON.stringify(out, null, 1)}\n${JSON.stringify(events)}\n${JSON.stringify(rows)}\n`);
  expect(1).toBe(1);
}

test('P1 promise all', async () => {
  fn("await Promise.all([purge(rows('reports', sql`true`), { budget: { max: 1 } }), purge(rows('live_sessions', sql`true`))]);");
  await show('P1', "select (select count(*) from live_sessions) as ls, (select count(*) from reports) as r, (select count(*) from pg_class c join pg_namespace n on n.oid=relnamespace where nspname='hygiene_archive') as archives");
});
test('P2 stray', async () => {
  fn("void (async () => { for (let i = 0; i < 400; i++) await db.raw('delete from live_sessions where id = ' + i).catch(() => undefined); })(); await new Promise((r) => setTimeout(r, 20)); throw new Error('boom');");
  await show('P2', 'select count(*) from live_sessions');
});
test('P3 savepoint', async () => {
  fn("await db.raw('savepoint s'); await purge(rows('live_sessions', sql`true`)); await db.raw('rollback to savepoint s');");
  await show('P3', 'select count(*) from live_sessions');
});
test('P4 unchanged', async () => {
  bench.write(`${ID}.ts`, migration({ up: "[scrub(rows('users', sql`id = 1`), { set: { email: 'gone@x.io' } }), purge(rows('reports', sql`true`))]",
    verify: "await expect.unchanged('users'); await expect.sql(sql`select 1 from (select 1 / (case when exists (select from reports) then 0 else 1 end) as q) z where q < 0`);" }));
  await show('P4');
});
test('P5 counted', async () => {
  bench.write(`${ID}.ts`, migration({ up: "[purge(rows('reports', sql`id <= 5`)), sql`delete from reports where id <= 20`]", more }));
  await show('P5', 'select count(*) from reports');
});
test('P6 terminate', async () => {
  fn("await db.raw('select pg_terminate_backend(pg_backend_pid())');");
  await show('P6');
});
test('P7 read only', async () => {
  await database.execute(`alter database "${database.name}" set default_transaction_read_only = on`);
  fn("await db('reports').del();");
  await show('P7a (no ledger)');
});
test('P7b read only later', async () => {
  fn("await db('reports').del();");
  await bench.up();
  await database.execute(`alter database "${database.name}" set default_transaction_read_only = on`);
  bench.write('20260102000000_two.ts', migration({ up: "purge(rows('users', sql`id < 2`), { dependents: 'all' })" }));
  await show('P7b');
});
test('P8 scs off', async () => {
  await database.execute(`alter database "${database.name}" set standard_conforming_strings = off`);
  await database.execute("update reports set title = 'axb' where id = 1; update reports set title = 'a.b' where id = 2");
  bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`title ~ '^a\\.b$'`))" }));
  await show('P8', 'select id from reports where id <= 3');
});
test('P9 set constraints', async () => {
  bench.write(`${ID}.ts`, migration({ up: '[sql`set constraints all immediate`, sql`delete from reports where id = 1`]', more }));
  await show('P9');
});
test('P10 matview', async () => {
  await database.execute('create materialized view mv as select * from reports');
  bench.write(`${ID}.ts`, migration({ up: "[purge(rows('reports', sql`id <= 5`)), sql`refresh materialized view mv`]", more }));
  await show('P10', 'select count(*) from mv');
});
test('P11 leak', async () => {
  bench.write(`${ID}.ts`, migration({ up: "purge(rows('users', sql`email::int > 0`))" }));
  await show('P11');
});
test('P12 public', async () => {
  bench.write('config.ts', "import { defineConfig } from 'pg-hygiene'; export default defineConfig({ schemas: { ledger: 'public' } });");
  bench.write(`${ID}.up.sql`, '-- description: remove the reports of the tests\n-- irreversible: test\n-- budget: max 100000\ndelete from reports; insert into admins (email) values (1);');
  bench.write(`${ID}.verify.sql`, 'select 1 where false;');
  await show('P12', "select nspacl::text from pg_namespace where nspname = 'public'");
});
test('P13 set role', async () => {
  await database.execute(`do $$ begin if not exists (select from pg_roles where rolname='weak_probe') then create role weak_probe; end if; end $$; grant select, delete on reports to weak_probe`);
  bench.write(`${ID}.ts`, migration({ up: '[sql`set role weak_probe`, sql`delete from reports where id = 1`]', more }));
  await show('P13');
});
test('P14 search path', async () => {
  await database.execute('create schema other; create table other.reports (id int primary key); insert into other.reports values (1), (2)');
  bench.write(`${ID}.ts`, migration({ up: '[sql`set search_path = other`, sql`delete from other.reports where id = 1`]', more, verify: 'await expect.atLeast("public.admins", 0)' }));
  bench.write('20260102000000_two.ts', migration({ up: "purge(rows('reports', sql`id = 2`))", verify: 'await expect.atLeast("public.admins", 0)' }));
  await show('P14', 'select (select count(*) from other.reports) as o, (select count(*) from public.reports) as p');
});
test('P15 verify lock', async () => {
  bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id = 2`))", verify: "await expect.atLeast('admins', 1)" }));
  const c = await database.connect();
  await c.query('begin; lock table admins in access exclusive mode');
  await show('P15');
  await c.query('rollback');
});
test('P16 killed waiting for the lock', async () => {
  fn("await db('reports').where('id', 1).del();");
  await bench.up();
  bench.write('20260102000000_two.ts', migration({ up: "purge(rows('reports', sql`id = 2`))" }));
  const c = await database.connect();
  await c.query(`begin; select pg_advisory_xact_lock(hashtextextended('hygiene run "hygiene"."ledger"', 0))`);
  const t = setTimeout(() => { void c.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'hygiene%'`); }, 1500);
  await show('P16');
  clearTimeout(t);
  await c.query('rollback');
});
test('P17 transaction_timeout', async () => {
  await database.execute(`alter database "${database.name}" set transaction_timeout = '1s'`);
  fn("await db.raw('select pg_sleep(2)'); await db('reports').where('id', 1).del();");
  await show('P17');
});
test('P20 time zone', async () => {
  await database.execute(`alter database "${database.name}" set timezone = 'America/New_York'`);
  await database.execute("update reports set created_at = '2020-01-01 02:00+00' where id = 1");
  bench.write('config.ts', "import { defineConfig, rows, sql } from 'pg-hygiene'; export default defineConfig({ protect: [rows('reports', sql`created_at < '2020-01-01'`)] });");
  bench.write(`${ID}.ts`, migration({ up: '[sql`delete from reports where id = 1`]', more }));
  await show('P20', 'select count(*) from reports');
});
