import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { introspect } from '../../src/catalog/introspect.ts';
import { systemClock } from '../../src/kernel/ports.ts';
import { noProgress } from '../../src/kernel/progress.ts';
import { scan } from '../../src/scanner/scan.ts';
import { inScanTransaction } from '../../src/scanner/scan-transaction.ts';
import { openConnection } from '../database/open-connection.ts';
import { contents } from '../engine/witness.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject, type ProjectFiles } from '../support/project.ts';

const LIMITS = {
  lockTimeoutMs: 1000,
  statementTimeoutMs: 10_000,
  searchPath: null,
  applicationName: 'test',
};

type Run = (line: string) => Promise<CliRun>;

function runnerFor({ url }: Pick<TestDatabase, 'url'>, project: ProjectFiles = {}): Run {
  const cwd = createProject(project);
  return (line) => runCli(line.split(' '), { cwd, variables: { DATABASE_URL: url } });
}

async function databaseWith(script: string): Promise<TestDatabase> {
  const database = await freshDatabase();
  await database.execute(script);
  return database;
}

interface Found {
  readonly table: string;
  readonly pk: unknown;
  readonly kind: string;
  readonly evidence: readonly string[];
}

function linesOf({ stdout }: CliRun): readonly Found[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Found);
}

const SEEDS = `
  create table users (id int primary key, email text, name text);
  insert into users values
    (1, 'demo@example.com', 'Demo User'), (2, 'test@test.com', 'Test User'),
    (3, 'anna.weber@gmx.de', 'Anna Weber'), (4, 'bernd@haas-bau.de', 'Bernd Haas');`;

describe('a scan of the sample application', () => {
  test('writes the migration that removes what it has found, and nothing else', async () => {
    const database = await freshDatabase('sample.sql');
    const cwd = createProject();
    const run: Run = (line) =>
      runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url } });

    const dirty = await run('check --password-time 0');
    expect(dirty.code).toBe(4);
    expect(dirty.stderr).toContain(
      'HYG_CHECK_DIRTY: The database is dirty: 1,600 rows of seed data.',
    );
    expect(dirty.stdout).toMatch(/users +300 +0/);

    const scanned = await run('scan --password-time 0 --write remove_seed_data');
    expect(scanned).toMatchObject({ code: 0, stderr: '' });
    const [file = ''] = readdirSync(join(cwd, 'hygiene'));
    expect(readFileSync(join(cwd, 'hygiene', file), 'utf8')).toContain('budget: { max: 1760 }');

    expect(await run('lint')).toMatchObject({ code: 0 });
    expect(await run('up')).toMatchObject({ code: 0 });
    const [left] = await database.query(
      'select (select count(*)::int from users) as users, (select count(*)::int from admins) as admins',
    );
    expect(left).toEqual({ users: 20, admins: 1 });
    expect(await run('scan --password-time 0 --exit-code')).toMatchObject({ code: 0 });
    const clean = await run('check --password-time 0');
    expect(clean).toMatchObject({ code: 0, stderr: '' });
    expect(clean.stdout).toContain(
      'clean: no seed data in the tables that migrations and config name',
    );
  });

  test('changes nothing', async () => {
    const database = await freshDatabase('sample.sql');
    const before = await contents(database);
    await runnerFor(database)('scan --password-time 0');
    expect(await contents(database)).toEqual(before);
  });
});

describe('a scan', () => {
  test('masks what it found unless it is told to show it', async () => {
    const run = runnerFor(await databaseWith(SEEDS));
    const masked = await run('scan --json');
    expect(masked.stdout).not.toMatch(/demo@example|Test User/);
    expect(masked.stdout).toContain('d***@e***.c**');
    expect((await run('scan --json --show-values')).stdout).toContain('demo@example.com');
  });

  test('leaves out what is protected or suppressed, and says so', async () => {
    const config = `import { defineConfig, rows, sql } from 'pg-hygiene';
      export default defineConfig({
        protect: [rows('users', sql\`id = 1\`)],
        scan: { suppress: [{ table: 'users', column: 'email', pattern: '@test[.]com$', reason: 'our tester' }] },
      });`;
    const { code, stdout } = await runnerFor(await databaseWith(SEEDS), { config })('scan');
    expect(code).toBe(0);
    expect(stdout).toContain('No seed data found in 1 table');
    expect(stdout).toContain(
      'users: 1 row with signs of seed data, in a protected set of hygiene/config',
    );
    expect(stdout).toContain(
      'users: 1 row with signs of seed data, genuine by hygiene/config (our tester)',
    );
  });

  test.each([
    ['a table that is not there', `table: 'gone', column: 'email', pattern: 'x'`],
    ['a column that is not there', `table: 'users', column: 'gone', pattern: 'x'`],
    ['a pattern that PostgreSQL cannot read', `table: 'users', column: 'email', pattern: '(x'`],
  ])('refuses a suppression with %s', async (_, suppression) => {
    const config = `import { defineConfig } from 'pg-hygiene';
      export default defineConfig({ scan: { suppress: [{ ${suppression}, reason: 'a test' }] } });`;
    const run = await runnerFor(await databaseWith(SEEDS), { config })('scan');
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/suppress/);
  });

  test('reports an administrator with a default password first, and proposes none', async () => {
    const database = await databaseWith(`
      create table accounts (id int primary key, login text, password text, role text);
      insert into accounts values (1, 'admin', 'admin123', 'admin'), (2, 'test', 'k7!Lw-92xQ', 'admin'),
        (3, 'demo_user', 'demo', 'member'), (4, 'hugo.lang', 'Zx9!kk-Wq2', 'member');`);
    const run = runnerFor(database);
    const found = linesOf(await run('scan --json'));
    expect(found.map(({ pk, kind }) => [pk, kind])).toEqual([
      [1, 'admin-default-password'],
      [3, 'seed-text'],
    ]);
    const { stdout } = await run('scan');
    expect(stdout).toMatch(/^.*\n\n1 administrator with a default password\n {2}accounts id 1: /);
    expect(stdout).toMatch(/is entry \d+ of the list of default passwords/);
    expect(stdout).not.toContain('admin123');
    expect(stdout).toContain('accounts: 1 row of administrators with signs of seed data');
  });

  test('shows in JSON keys of several columns, and of a table without one the place of the row', async () => {
    const found = linesOf(
      await runnerFor(
        await databaseWith(`
          create table members (club int, no int, email text, primary key (club, no));
          insert into members values (7, 1, 'a@example.com');
          create table notes (email text);
          insert into notes values ('b@example.com');`),
      )('scan --json'),
    );
    expect(Object.fromEntries(found.map(({ table, pk }) => [table, pk]))).toEqual({
      'public.members': { club: 7, no: 1 },
      'public.notes': '(0,1)',
    });
  });
});

describe('bad input', () => {
  test.each([
    ['--min-score 60', /--min-score is "60"/],
    ['--min-score', /min-score/],
    ['--password-time soon', /password-time/],
    ['--tables gone', /gone/],
    ['--write !!!', /no letter or digit/],
  ])('scan %s is refused', async (options, message) => {
    const run = await runnerFor(await databaseWith(SEEDS))(`scan ${options}`);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
  });

  test('no table, no text, views, partitions, inheritance, foreign tables', async () => {
    const database = await databaseWith(`
      create table numbers (id int primary key, n numeric);
      insert into numbers values (1, 1);
      create table bare ();
      create table parted (id int, email text) partition by range (id);
      create table parted_1 partition of parted for values from (0) to (10);
      insert into parted values (1, 'demo@example.com');
      create table parent (id int, email text);
      create table child () inherits (parent);
      insert into child values (2, 'test@example.com');
      create view seen as select * from parted;
      create foreign data wrapper nowhere;
      create server nowhere foreign data wrapper nowhere;
      create foreign table far (id int, email text) server nowhere;`);
    const run = runnerFor(database);
    expect(
      linesOf(await run('scan --json'))
        .map(({ table }) => table)
        .sort(),
    ).toEqual(['public.child', 'public.parted']);
    const { stdout } = await run('scan');
    expect(stdout).toContain('far: it is a foreign table: its rows are on another server');
    expect(stdout).toContain('numbers: no column holds what seed data shows in');
    expect((await runnerFor(await freshDatabase())('scan')).stdout).toContain(
      'No seed data found in 0 tables',
    );
  });

  test('a table of 1600 columns, and junk in texts', async () => {
    const columns = Array.from({ length: 1598 }, (_, at) => `c${String(at)} text`).join(', ');
    const database = await databaseWith(`
      create table wide (id int primary key, email text, ${columns});
      insert into wide (id, email, c0) values
        (1, 'demo@example.com', e'\\u0001\\u001b[31m\\uffff'), (2, e'\\u0007@\\u0008', repeat('x', 100000)),
        (3, e'anna\\n@web.de', '()[]{}*+?^$|\\\\');`);
    const run = await runnerFor(database)('scan --json');
    expect(run.code).toBe(0);
    expect(linesOf(run).map(({ pk }) => pk)).toEqual([1]);
  });

  test('a role that may read nothing is told the grant, one that may read some is told the rest', async () => {
    const database = await databaseWith(`${SEEDS} create table hidden (email text);`);
    const role = `scanner_of_${database.name}`;
    await database.execute(`create role ${role} login password 'x'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const run = runnerFor({ url: url.toString() });
    const nothing = await run('scan');
    expect(nothing.code).toBe(7);
    expect(nothing.stderr).toMatch(/HYG_REFUSED_PRIVILEGES[^]*grant pg_read_all_data/);

    await database.execute(`grant select on users to ${role}`);
    const some = await run('scan');
    expect(some.code).toBe(0);
    expect(some.stdout).toContain('hidden: the role may not read it');
    expect(await run('check')).toMatchObject({ code: 4 });
    await database.execute('delete from users where id < 3');
    const unknown = await run('check --json');
    expect(unknown.json()).toMatchObject({ outcome: 'unknown', exitCode: 4 });
    await database.execute(`drop owned by ${role}; drop role ${role}`);
  });

  test('what is locked or takes too long in one table keeps nothing from the others', async () => {
    const database = await databaseWith(`${SEEDS}
      create table busy (id int primary key, email text);
      insert into busy values (1, 'demo@example.com');`);
    const other = await database.connect();
    await other.query('begin; lock table busy in access exclusive mode');
    const run = await runnerFor(database)('scan --row-lock-timeout 0.1');
    await other.query('rollback');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('busy: somebody holds a lock on it');
    expect(run.stdout).toMatch(/users +2 /);
  });

  test('what takes too long, or hides rows, in one table is said, and the others go on', async () => {
    const database = await databaseWith(`${SEEDS}
      create table slow (id int primary key, email text);
      insert into slow values (1, 'demo@example.com');
      alter table slow enable row level security;
      create policy patience on slow using (pg_sleep(5) is not null);`);
    const role = `waiting_${database.name}`;
    await database.execute(`
      create role ${role} login password 'x';
      grant select on users, slow to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const { code, stdout } = await runnerFor({ url: url.toString() })(
      'scan --statement-timeout 0.2',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('slow: it took longer than the statement time-out');
    expect(stdout).toMatch(/users +2 /);
    await database.execute(`drop owned by ${role}; drop role ${role}`);
  });

  test('a table that is dropped meanwhile is said, and the others go on', async () => {
    const database = await databaseWith(`${SEEDS} create table gone (email text);`);
    const connection = await openConnection(database.url);
    const catalog = await introspect(connection, { excludeSchemas: [] });
    await database.execute('drop table gone');
    const { findings, leftOut } = await inScanTransaction(connection, LIMITS, () =>
      scan(
        {
          connection,
          catalog,
          clock: systemClock,
          signal: new AbortController().signal,
          progress: noProgress,
        },
        {
          tables: null,
          minScore: 0.6,
          wholeUpToBytes: 2 ** 30,
          passwordBudgetMs: 0,
          rowsKept: 100,
          exclusions: [],
          withRules: false,
        },
      ),
    );
    await connection.close();
    expect(findings.map(({ key }) => key)).toEqual(['1', '2']);
    expect(leftOut).toEqual([
      { table: 'gone', reason: 'it was dropped meanwhile', isBlindSpot: true },
    ]);
  });
});
