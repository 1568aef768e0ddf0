import { beforeAll, describe, expect, test } from '@jest/globals';

import { contents, countOf } from '../engine/witness.ts';
import { purgeDemoUsers, purgeInBatches } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { downgradeLedger } from '../support/ledger-before.ts';
import { createProject } from '../support/project.ts';
import { asRole, type LoginRole, loginRole } from './login-role.ts';

const ID = '20260101000000_purge_demo_users';
const BATCHED = '20260102000000_purge_more';

/** Roles belong to the server: these are of no other test. */
const CONFIG = `
import { defineConfig } from 'pg-hygiene';
export default defineConfig({ schemas: { ledger: 'managed', archive: 'managed_archive' } });
`;

let database: TestDatabase;
/** As on Amazon RDS: makes roles and schemas, is no superuser, owns no table. */
let master: LoginRole;
let deploy: LoginRole;
let run: (line: string, as: LoginRole) => Promise<CliRun>;

beforeAll(async () => {
  database = await freshDatabase('sample.sql');
  master = await loginRole(database, 'createrole');
  deploy = await loginRole(database);
  await database.execute(`
    grant create on database "${database.name}" to ${master.name};
    grant select, insert, update, delete on users, live_sessions, reports, subscriptions to ${deploy.name};
    grant select, update on payments to ${deploy.name};
    grant select on admins to ${deploy.name};
  `);
  const cwd = createProject({
    config: CONFIG,
    migrations: {
      [`${ID}.ts`]: purgeDemoUsers(),
      [`${BATCHED}.ts`]: purgeInBatches({
        predicate: 'id % 2 = 0',
        verify: "await expect.atLeast('users', 1);",
      }),
    },
  });
  run = (line, as) =>
    runCli(line.split(' '), { cwd, variables: { DATABASE_URL: as.url, HYGIENE_LOG_DIR: 'logs' } });
});

/** Of schemas, relations and functions. */
function owners(): Promise<object[]> {
  return database.query(`
    select pg_get_userbyid(relowner) as owner from pg_class
     where relnamespace in ('managed'::regnamespace, 'managed_archive'::regnamespace)
     union
    select pg_get_userbyid(nspowner) from pg_namespace where nspname like 'managed%'
     union
    select pg_get_userbyid(proowner) from pg_proc where pronamespace = 'managed'::regnamespace
  `);
}

async function succeed(line: string): Promise<string> {
  const { code, stdout, stderr } = await run(line, deploy);
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  return stdout;
}

/** In the order of a first deployment. */
describe('where nobody is a superuser', () => {
  test('a pipeline that may not make the ledger is told who can', async () => {
    const before = await contents(database);
    const { code, stderr } = await run('up', deploy);
    expect(code).toBe(7);
    expect(stderr).toContain('hygiene init --print-sql');
    expect(await contents(database)).toEqual(before);
  });

  test('the master user runs the script, once and again, and owns nothing afterwards', async () => {
    const { stdout } = await run('init --print-sql', master);
    await asRole(master, stdout);
    const roles = await run('init --print-sql --roles', master);
    await asRole(master, roles.stdout);
    await asRole(master, roles.stdout);
    expect(await owners()).toEqual([{ owner: 'managed_owner' }]);
    await asRole(master, `grant managed_runner to ${deploy.name}`);
  });

  test('up, in one transaction and in batches, and verify', async () => {
    await succeed('up');
    await succeed('verify');
    expect(await countOf(database, 'users')).toBe(10);
    expect(
      await database.query(`
        select distinct pg_get_userbyid(relowner) as owner, count(*)::int as tables
          from pg_class
         where relnamespace = 'managed_archive'::regnamespace and relkind = 'r'
         group by 1
      `),
    ).toEqual([{ owner: 'managed_owner', tables: 10 }]);
  });

  test('restore, by another login of the same role', async () => {
    const other = await loginRole(database);
    await database.execute(`grant ${deploy.name} to ${other.name}`);
    const restored = await run(`restore ${BATCHED} --reason test`, other);
    expect([restored.stderr, restored.code]).toEqual(['', 0]);
    expect(await countOf(database, 'users')).toBe(20);
  });

  test('archive prune, ledger verify', async () => {
    await database.execute("update managed.archives set created_at = now() - interval '40 days'");
    await succeed('archive prune');
    expect(await countOf(database, 'managed.archives')).toBe(0);
    expect(
      await database.query(
        "select relname from pg_class where relnamespace = 'managed_archive'::regnamespace",
      ),
    ).toEqual([]);
    expect(await succeed('ledger verify')).toContain('the chain is intact');
  });

  test('the master user, who is a member of the owner, upgrades it for all roles', async () => {
    await downgradeLedger(database, 'managed');
    const refused = await run('init --upgrade', deploy);
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('managed_owner')]);
    const upgraded = await run('init --upgrade', master);
    expect([upgraded.stderr, upgraded.code]).toEqual(['', 0]);
    expect(await owners()).toEqual([{ owner: 'managed_owner' }]);
    await succeed('status');
  });
});
