import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { purgeDemoUsers, purgeInBatches } from './workbench.ts';
import { countOf } from './witness.ts';

const ID = '20260101000000_purge_demo_users';

let database: TestDatabase;
let cwd: string;

function run(line: string): Promise<CliRun> {
  return runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url } });
}

function write(name: string, text: string): void {
  writeFileSync(join(cwd, name), text);
}

const config = (settings: string): string =>
  `import { defineConfig, rows, sql } from 'pg-hygiene';\nexport default defineConfig({ ${settings} });\n`;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
  await run('plan --out plan.json');
});

async function expectRefused(...says: readonly string[]): Promise<void> {
  const users = await countOf(database, 'users');
  const { code, stderr } = await run('up --plan plan.json');
  expect([code, stderr]).toEqual([7, expect.stringContaining('HYG_REFUSED_PLAN')]);
  for (const each of says) expect(stderr).toContain(each);
  expect(await countOf(database, 'users')).toBe(users);
  expect(await countOf(database, "pg_tables where schemaname = 'hygiene'")).toBe(0);
}

describe('a run that is given a plan', () => {
  test('does what the plan says', async () => {
    expect((await run('up --plan plan.json')).code).toBe(0);
    expect((await run('up --plan plan.json')).code).toBe(0);
  });

  test('refuses when rows have come or gone, and says where', async () => {
    await database.execute("insert into users (email, name) values ('late@example.com', 'Late')");
    await expectRefused('users: 300 rows to go in the plan, 301 now');
  });

  test('takes a difference that the config tolerates, and no larger one', async () => {
    await database.execute(
      "insert into users (email, name) select n || '@example.com', 'Late' from generate_series(1, 3) n",
    );
    write('hygiene/config.ts', config('planTolerance: 0.01'));
    expect((await run('up --plan plan.json')).code).toBe(0);
  });

  test('refuses when the migration was edited, or is another one', async () => {
    write(`hygiene/${ID}.ts`, `${purgeDemoUsers()}// more\n`);
    write('hygiene/20260102000000_more.ts', purgeDemoUsers());
    await expectRefused(`${ID}: the file was edited`, '20260102000000_more: not in the plan');
  });

  test('refuses when other rows are protected', async () => {
    write('hygiene/config.ts', config("protect: [rows('admins', sql`true`)]"));
    await expectRefused('the protected sets of the config are not those of the plan');
  });

  test('refuses when a table has changed that the plan touches, and no other', async () => {
    await database.execute(
      'alter table reports add column note text; create table elsewhere (n int)',
    );
    await expectRefused('reports: its columns, keys or triggers have changed');
    await database.execute('alter table reports drop column note');
    expect((await run('up --plan plan.json')).code).toBe(0);
  });

  test('refuses in another database, environment or window', async () => {
    const other = await freshDatabase('sample.sql');
    const elsewhere = await runCli(['up', '--plan', 'plan.json'], {
      cwd,
      variables: { DATABASE_URL: other.url },
    });
    expect(elsewhere.stderr).toContain(`database: database was ${database.name}, is ${other.name}`);
    const window = await run('up --plan plan.json --maintenance');
    expect(window.stderr).toContain('planned for online; this run is maintenance');
  });

  test('refuses a file that was edited, is broken, or is something else', async () => {
    const text = readFileSync(join(cwd, 'plan.json'), 'utf8');
    write('plan.json', text.replace('"removed": 300', '"removed": 301'));
    await expectRefused('plan.json was edited');
    write('plan.json', text.slice(0, 200));
    expect((await run('up --plan plan.json')).stderr).toContain('it is not JSON');
    write('plan.json', '{}');
    expect((await run('approve --plan plan.json')).stderr).toContain('plan.json is no plan');
    expect((await run('approve')).code).toBe(2);
  });

  test('is held to it once more by what it finds itself', async () => {
    // Each look at the plan lets one more row in, so that the plan fits and the run differs.
    await database.execute(`
      create table looks (n int);
      create function one_more() returns trigger language plpgsql as $$
      begin
        if new.event = 'started' then
          insert into public.users (email, name) values ('between@example.com', 'Between');
        end if;
        return new;
      end $$;`);
    expect((await run('init --ledger')).code).toBe(0);
    expect((await run('plan --out plan.json')).code).toBe(0);
    await database.execute(
      'create trigger between after insert on hygiene.ledger for each row execute function one_more()',
    );
    const { code, stderr } = await run('up --plan plan.json');
    expect([code, stderr]).toEqual([7, expect.stringContaining('301 now')]);
    expect(await countOf(database, "users where email like '%@example.com'")).toBe(301);
  });

  test('goes on with batches that were begun under it', async () => {
    write(`hygiene/${ID}.ts`, purgeInBatches());
    expect((await run('plan --out plan.json')).code).toBe(0);
    const first = await run('up --plan plan.json --batch-size 5 --max-duration 1s --json');
    expect(first.code).toBe(0);
    expect((await run('up --plan plan.json')).code).toBe(0);
    expect(await countOf(database, "users where email like '%@example.com'")).toBe(0);
  });
});

test('a plan that cannot be written leaves no half of one', async () => {
  const { code, stderr } = await run('plan --out nowhere/plan.json');
  expect([code, stderr]).toEqual([1, expect.stringContaining('HYG_RUN_EXPORT')]);
});
