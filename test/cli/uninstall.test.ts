import { beforeAll, expect, test } from '@jest/globals';

import { contents } from '../engine/witness.ts';
import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const ID = '20260101000000_purge_demo_users';

/** Roles belong to the server: these are of no other test. */
const CONFIG = `
import { defineConfig } from 'pg-hygiene';
export default defineConfig({ schemas: { ledger: 'leaving', archive: 'leaving_archive' } });
`;

let database: TestDatabase;
let cwd: string;

beforeAll(() => {
  cwd = createProject({ config: CONFIG, migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
});

async function hygiene(line: string): Promise<CliRun> {
  return runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url } });
}

/** A ledger with roles and events, and guards of both forms on tables of the application. */
async function inUse(): Promise<void> {
  database = await freshDatabase('sample.sql');
  await database.execute((await hygiene('init --print-sql')).stdout);
  expect(await hygiene('up')).toMatchObject({ code: 0 });
  const comment = `'Seed guard of hygiene migration ${ID}: rows like those that it removed are refused.'`;
  await database.execute(`
    alter table users add constraint "guard ""A""" check (email not like '%@example.com') not valid;
    comment on constraint "guard ""A""" on users is ${comment};
    create function guard_b() returns trigger language plpgsql as 'begin return null; end';
    create trigger guard_b after insert on reports for each row execute function guard_b();
    comment on trigger guard_b on reports is ${comment};
    alter table users add constraint no_guard check (email <> '');
    grant select, delete on users to leaving_runner;
    grant usage on schema public to leaving_owner;
  `);
}

/** What the database has beside the rows of the application. */
function relicsOf(): Promise<object[]> {
  return database.query(`
    select 'schema' as kind, nspname::text as name from pg_namespace where nspname like 'leaving%'
     union all
    select 'role', rolname from pg_roles where rolname like 'leaving%'
     union all
    select 'constraint', conname from pg_constraint where conrelid = 'users'::regclass and contype = 'c'
     union all
    select 'trigger', tgname from pg_trigger where tgrelid = 'reports'::regclass and not tgisinternal
     union all
    select 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
  `);
}

test('without --print-sql it is refused, and says why', async () => {
  await inUse();
  const { code, stderr, stdout } = await hygiene('uninstall');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('HYG_USAGE');
  expect(stderr).toContain('hygiene uninstall --print-sql');
  expect(await database.query('select count(*)::int as n from leaving.ledger')).toEqual([{ n: 2 }]);
});

test('the script warns of what is lost, leaves nothing of hygiene, and touches nothing else', async () => {
  const before = await contentsOfTables();
  const { stdout, code } = await hygiene('uninstall --print-sql');
  expect(code).toBe(0);
  expect(stdout).toContain('-- WARNING: 5 archive tables with 1,600 rows: nothing can be restored');
  expect(stdout).toContain('-- WARNING: The ledger is the proof');
  expect(await contentsOfTables()).toEqual(before);

  await database.execute(stdout);
  expect(await relicsOf()).toEqual([{ kind: 'constraint', name: 'no_guard' }]);
  expect(await contents(database)).toEqual(before);

  const again = await hygiene('uninstall --print-sql --json');
  expect(again.json()).toMatchObject({
    outcome: 'nothing to do',
    guards: 0,
    archived: { tables: 0, rows: 0 },
    sql: `-- Nothing of hygiene is in database ${database.name}.`,
  });
});

async function contentsOfTables(): Promise<object> {
  const all = Object.entries(await contents(database));
  return Object.fromEntries(all.filter(([name]) => name.startsWith('public.')));
}

test('a role that another database of the server uses stays, and everything else goes', async () => {
  await inUse();
  const first = database;
  const second = await freshDatabase('sample.sql');
  database = second;
  await database.execute((await hygiene('init --print-sql')).stdout);
  database = first;
  await first.execute((await hygiene('uninstall --print-sql')).stdout);
  const roles =
    "select rolname::text as name from pg_roles where rolname like 'leaving%' order by 1";
  expect(await first.query(roles)).toEqual(
    ['leaving_owner', 'leaving_reader', 'leaving_runner'].map((name) => ({ name })),
  );
  expect(await first.query("select from pg_namespace where nspname like 'leaving%'")).toEqual([]);
  expect(
    await first.query("select has_table_privilege('leaving_runner', 'users', 'delete') as may"),
  ).toEqual([{ may: false }]);

  database = second;
  await second.execute((await hygiene('uninstall --print-sql')).stdout);
  expect(await second.query(roles)).toEqual([]);
});

test('what somebody else has put into the schemas stops the script, and nothing is removed', async () => {
  await inUse();
  const { stdout } = await hygiene('uninstall --print-sql');
  await database.execute('create view public.report_of_events as select seq from leaving.ledger');
  await expect(database.execute(`begin; ${stdout}; commit;`)).rejects.toMatchObject({
    code: '2BP01',
  });
  await database.execute('rollback');
  expect(await database.query('select count(*)::int as n from leaving.ledger')).toEqual([{ n: 2 }]);
});
