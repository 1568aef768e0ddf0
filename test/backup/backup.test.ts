import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';
import { installedPostgres } from '../support/installed-postgres.ts';
import { careless, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { createProject } from '../support/project.ts';

const ID = '20260101000000_purge_demo_users';
const installed = installedPostgres();
const reason = installed === null ? ' (skipped: no server with its pg_dump is installed)' : '';
const bin = join(installed?.directory ?? '', 'bin');

const sample = ['schema.sql', 'demo-data.sql']
  .map((name) => readFileSync(join('hygiene', 'sample', name), 'utf8'))
  .join('\n');

/** Programs in a directory of its own, in place of those of PostgreSQL. */
function fakePrograms(script: string): string {
  const directory = createProject();
  for (const name of ['pg_dump', 'pg_restore']) {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return directory;
}

(installed === null ? describe.skip : describe)(`a backup of a server${reason}`, () => {
  let server: PostgresServer;
  let client: pg.Client;
  let cwd: string;

  beforeAll(async () => {
    server = await startPostgresServer(careless, installed?.directory);
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query('drop database if exists app with (force)');
    await admin.query('create database app');
    await admin.end();
    client = new pg.Client({ connectionString: urlOf('app') });
    await client.connect();
    await client.query(sample);
    cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
    await run('mark staging');
  });
  afterEach(() => client.end());

  function urlOf(database: string): string {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  function run(line: string, signal?: AbortSignal): Promise<CliRun> {
    const variables = { PATH: bin, DATABASE_URL: urlOf('app'), PGHOST: 'nowhere.invalid' };
    return runCli(line.split(' '), { cwd, variables, ...(signal && { signal }) });
  }

  async function count(statement: string): Promise<number> {
    const { rows } = await client.query<{ n: number }>(`select (${statement})::int as n`);
    return Number(rows[0]?.n);
  }

  const backups = (): Promise<number> =>
    count("select count(*) from hygiene.ledger where event = 'backup'");
  const scratches = (): Promise<number> =>
    count("select count(*) from pg_database where datname like 'hygiene_scratch%'");

  test('is taken, recorded, restored, compared, and proof enough for a run', async () => {
    const demand = '{ staging: { backup: { mustBeRestoreTested: true } } }';
    writeFileSync(
      join(cwd, 'hygiene', 'config.ts'),
      `import { defineConfig } from 'pg-hygiene';\nexport default defineConfig({ environments: ${demand} });\n`,
    );
    const taken = await run('backup --out a.dump');
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    expect(taken.stdout).toContain('Next: hygiene backup verify a.dump --restore');
    expect(statSync(join(cwd, 'a.dump')).mode & 0o777).toBe(0o600);
    expect((await run('up --backup-proof a.dump.json')).stderr).toContain('HYG_REFUSED_BACKUP');

    const tested = await run('backup verify a.dump --restore');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    expect(tested.stdout).toMatch(/the same by count and hash: 1,7\d\d rows of 1\d tables/);
    expect(await scratches()).toBe(0);
    expect(await backups()).toBe(2);
    expect(await run('up --backup-proof a.dump.json')).toMatchObject({ code: 0 });
    expect(await backups()).toBe(2);
  });

  test('holds what the plan saw, though somebody writes meanwhile', async () => {
    await run('plan --out plan.json');
    await client.query("insert into admins (email, name, password_hash) values ('new@x', 'n', '')");
    expect(await run('backup --plan plan.json --out a.dump')).toMatchObject({ code: 0 });
    await client.query("delete from admins where email = 'new@x'");
    expect(await run('backup verify a.dump --restore')).toMatchObject({ code: 0 });
    await client.query("insert into users (email, name) values ('late@example.com', 'late')");
    const late = await run('backup --plan plan.json --out b.dump');
    expect([late.code, late.stderr]).toEqual([7, expect.stringContaining('HYG_REFUSED_PLAN')]);
    expect(existsSync(join(cwd, 'b.dump'))).toBe(false);
  });

  test('of the affected tables holds their rows, the whole schema and the ledger', async () => {
    const taken = await run('backup --affected --out a.dump --json');
    const { manifest } = taken.json() as { manifest: { tables: { table: string }[] } };
    expect(manifest.tables.map(({ table }) => table).sort()).toEqual(
      expect.arrayContaining(['hygiene.ledger', 'live_sessions', 'reports', 'users']),
    );
    expect(manifest.tables.map(({ table }) => table)).not.toContain('admins');
    expect(await run('backup verify a.dump --restore')).toMatchObject({ code: 0, stderr: '' });
  });

  test('of affected tables is refused where nobody can know them', async () => {
    writeFileSync(
      join(cwd, 'hygiene', `${ID}.ts`),
      purgeDemoUsers().replace(
        /up: purge.*[^]*?\n  async verify/,
        'up: async () => undefined,\n  irreversible: "a test",\n  budget: { max: 1 },\n  async verify',
      ),
    );
    const { code, stderr } = await run('backup --affected');
    expect([code, stderr]).toEqual([2, expect.stringContaining('known only when it runs')]);
  });

  test('that was altered, cut off or replaced is not relied on', async () => {
    await run('backup --out a.dump');
    const whole = readFileSync(join(cwd, 'a.dump'));
    writeFileSync(join(cwd, 'a.dump'), whole.subarray(0, whole.length / 2));
    expect(await run('backup verify a.dump')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/is not the file\s+that\s+was written/),
    });
    writeFileSync(join(cwd, 'b.dump'), whole.subarray(0, whole.length / 2));
    expect(await run('backup verify b.dump')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/pg_restore\s+cannot\s+read/),
    });
    expect(await run('backup verify b.dump --restore')).toMatchObject({ code: 2 });
    expect(await run('backup verify none.dump')).toMatchObject({ code: 2 });
  });

  test('whose restore differs says in which table, and drops the scratch database', async () => {
    await run('backup --out a.dump');
    const path = join(cwd, 'a.dump.json');
    const manifest = readFileSync(path, 'utf8');
    writeFileSync(path, manifest.replace(/("table": "admins",\s+"rows": )1/, '$12'));
    const { code, stderr } = await run('backup verify a.dump --restore');
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('admins has 1 rows; 2 were backed up'),
    ]);
    expect(await scratches()).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain('restoreTestedAt');
  });

  test.each([
    ['that is missing', 'exit 127', 2, 'There is no pg_dump in'],
    ['that is older than the server', "echo 'pg_dump (PostgreSQL) 9.6.24'", 2, 'must not be older'],
    [
      'for which the disk is full',
      `case "$*" in *--version) exec ${bin}/pg_dump --version;; esac
       for each in "$@"; do case "$each" in --file=*) echo half > "\${each#--file=}";; esac; done
       echo 'pg_dump: error: could not write to output file: No space left on device' >&2; exit 1`,
      1,
      'Choose a place with more room',
    ],
  ])('by a pg_dump %s fails, and leaves nothing', async (...[, script, code, says]) => {
    mkdirSync(join(cwd, 'out'));
    const failed = await run(`backup --out out/a.dump --pg-bin ${fakePrograms(script)}`);
    expect([failed.code, failed.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      code,
      expect.stringContaining(says),
    ]);
    expect(readdirSync(join(cwd, 'out'))).toEqual([]);
    expect(await backups()).toBe(0);
  });

  test('that is interrupted leaves nothing, and no session', async () => {
    // A table that is locked holds pg_dump up for as long as it takes.
    await client.query('begin; lock table users in access exclusive mode');
    const stopping = new AbortController();
    const running = run('backup --out out/a.dump', stopping.signal);
    const waiting = "select count(*) from pg_locks where not granted and mode = 'AccessShareLock'";
    while ((await count(waiting)) < 1) await new Promise(setImmediate);
    stopping.abort();
    const { code } = await running;
    await client.query('rollback');
    expect(code).toBe(143);
    expect(readdirSync(join(cwd, 'out'))).toEqual([]);
    expect(await backups()).toBe(0);
  });

  test('is never written over, and needs no ledger', async () => {
    await client.query('drop schema hygiene, hygiene_archive cascade');
    const { stdout } = await run('backup --out a.dump');
    expect(stdout).toContain('Not recorded: there is no ledger yet');
    const before = readFileSync(join(cwd, 'a.dump'));
    expect(await run('backup --out a.dump')).toMatchObject({ code: 2 });
    expect(readFileSync(join(cwd, 'a.dump'))).toEqual(before);
  });

  test('of a role that may not read everything says what to grant', async () => {
    await client.query("drop role if exists reader; create role reader login password 'r'");
    const url = new URL(urlOf('app'));
    [url.username, url.password] = ['reader', 'r'];
    const { code, stderr } = await run(`backup --out a.dump --database-url ${url.href}`);
    expect([code, stderr]).not.toEqual([0, '']);
    expect(existsSync(join(cwd, 'a.dump'))).toBe(false);
  });
});

describe('a backup of the embedded database', () => {
  test('is its files, restored in memory and compared', async () => {
    const cwd = createProject();
    const run = (line: string): Promise<CliRun> =>
      runCli([...line.split(' '), '--embedded'], { cwd });
    expect(await run('mark staging')).toMatchObject({ code: 0 });
    expect(await run('backup --out a.tar.gz')).toMatchObject({ code: 0, stderr: '' });
    expect((await run('backup verify a.tar.gz')).stdout).toContain('It can be read.');
    const { code, stdout } = await run('backup verify a.tar.gz --restore');
    expect([code, stdout]).toEqual([0, expect.stringContaining('the same by count and hash')]);
    writeFileSync(join(cwd, 'b.tar.gz'), readFileSync(join(cwd, 'a.tar.gz')).subarray(0, 9_000));
    expect(await run('backup verify b.tar.gz')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('HYG_BACKUP_UNREADABLE'),
    });
  });
});

describe('a proof that a command prints', () => {
  const database = useDatabase('sample.sql');

  function up(command: string): Promise<CliRun> {
    const cwd = createProject({
      migrations: { [`${ID}.ts`]: purgeDemoUsers() },
      config: `import { defineConfig } from 'pg-hygiene';
export default defineConfig({ environments: { staging: { backup: {} } } });\n`,
      files: {
        'proof.mjs': `console.log(JSON.stringify({
  id: 'snap-1', takenAt: new Date().toISOString(), identity: {}, location: 'snapshots', method: 'volume snapshot',
}));`,
      },
    });
    const PATH = process.env['PATH'] ?? '';
    const variables = { DATABASE_URL: database.url, PATH };
    return runCli(['up', '--backup-proof-command', command], { cwd, variables });
  }

  test.each([
    ['exit 3', 'exit status 3'],
    ['echo nothing', 'it is not JSON'],
    ['no-such-program', 'exit status 127'],
  ])('is not taken from `%s`', async (command, says) => {
    const { code, stderr } = await up(command);
    expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([2, expect.stringContaining(says)]);
  });

  test('is as good as one from a file', async () => {
    await runCli(['mark', 'staging'], {
      cwd: createProject(),
      variables: { DATABASE_URL: database.url },
    });
    expect(await up('node proof.mjs')).toMatchObject({ code: 0 });
  });
});
