import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/kernel/ports.ts';
import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const ID = '20260101000000_purge_demo_users';
const PASSWORD = 'quiet-harbour-lantern-42';

let database: TestDatabase;
let cwd: string;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
  await run('mark staging');
});

function run(line: string, signal?: AbortSignal): Promise<CliRun> {
  const variables = { DATABASE_URL: database.url, PATH: process.env['PATH'] ?? '', PASSWORD };
  return runCli(line.split(' '), { cwd, variables, ...(signal && { signal }) });
}

function configure(settings: string): void {
  writeFileSync(
    join(cwd, 'hygiene', 'config.ts'),
    `import { defineConfig, rows, sql } from 'pg-hygiene';
export default defineConfig({ environments: { staging: { ${settings} } } });\n`,
  );
}

interface Around {
  readonly note: string;
  readonly code: string | null;
  readonly checks: readonly { readonly label: string; readonly passed: boolean }[];
}

function recorded(): Promise<Around[]> {
  return database.query<Around>(
    `select note, error ->> 'code' as code, checks from hygiene.ledger
      where event = 'verified' and migration_id is null order by seq`,
  );
}

const demoUsers = async (): Promise<number> =>
  (await database.query("select from users where email like '%@example.com'")).length;

const log = (): string =>
  existsSync(join(cwd, 'log')) ? readFileSync(join(cwd, 'log'), 'utf8') : '';

describe('commands of an environment', () => {
  test('run before and after, and are recorded', async () => {
    configure(
      "before: ['echo stopped >> log'], after: ['echo started >> log', 'echo told >> log']",
    );
    const { code, stdout } = await run('up');
    expect([code, log()]).toEqual([0, 'stopped\nstarted\ntold\n']);
    expect(stdout).toMatch(/ok {6}before {2}echo stopped >> log/);
    expect(await recorded()).toEqual([
      { note: '1 command before the run; 2 commands after it', code: null, checks: [] },
    ]);
    expect((await run('up')).code).toBe(0);
    expect(log()).toBe('stopped\nstarted\ntold\n');
  });

  test('that fail before leave everything as it is, and what comes after is run', async () => {
    configure(
      "before: ['echo cannot stop >&2; exit 3', 'echo no >> log'], after: ['echo started >> log']",
    );
    const { code, stderr } = await run('up');
    expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringMatching(/HYG_RUN_BEFORE.*exit status 3: cannot stop/),
    ]);
    expect([await demoUsers(), log()]).toEqual([300, 'started\n']);
    expect(await recorded()).toMatchObject([{ code: null }]);
  });

  test('come after a migration that fails too', async () => {
    configure("after: ['echo started >> log']");
    writeFileSync(
      join(cwd, 'hygiene', `${ID}.ts`),
      purgeDemoUsers({ verify: "await expect.atLeast('users', 1_000);" }),
    );
    expect((await run('up')).code).toBe(4);
    expect([await demoUsers(), log()]).toEqual([300, 'started\n']);
  });

  test('come after a run that a signal ended', async () => {
    const stopping = new AbortController();
    configure("before: ['echo x > begun; sleep 30'], after: ['echo started >> log']");
    const running = run('up', stopping.signal);
    while (!existsSync(join(cwd, 'begun'))) await new Promise(setImmediate);
    stopping.abort();
    expect((await running).code).toBe(143);
    expect([await demoUsers(), log()]).toEqual([300, 'started\n']);
  });

  test('are ended when they take too long, with all that they have started', async () => {
    configure("before: [{ command: 'sleep 31.4159 & sleep 31.4159', timeoutSeconds: 0.2 }]");
    const { code, stderr } = await run('up');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no end\s+within 0.2 s/)]);
    expect(() => execFileSync('pgrep', ['-f', 'sleep 31[.]4159'])).toThrow();
  });

  test('may leave something running', async () => {
    configure("after: ['sleep 20 & echo $! > started']");
    expect((await run('up')).code).toBe(0);
    expect(process.kill(Number(readFileSync(join(cwd, 'started'), 'utf8')))).toBe(true);
  });

  test('that fail after say that the application may be stopped', async () => {
    configure("after: ['exit 5', 'echo told >> log']");
    const { code, stderr } = await run('up');
    expect([code, stderr]).toEqual([1, expect.stringContaining('HYG_RUN_AFTER')]);
    expect([await demoUsers(), log()]).toEqual([0, 'told\n']);
  });
});

function answerSlashOnly({ url }: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(url === '/' ? 200 : 503).end();
}

describe('smoke checks', () => {
  const login = (password: string, email = 'margit.olsen@corp-mail.io'): string =>
    `{ name: 'admin', login: { hash: sql\`select password_hash from admins where email = '${email}'\`, password: ${password} } }`;

  test('that pass are recorded', async () => {
    const server = createServer(answerSlashOnly);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    configure(`smoke: [${login("'quiet-harbour-lantern-42'")},
      { name: 'users', sql: sql\`select count(*) from users\` },
      { name: 'shell', command: 'test "$PASSWORD" = ${PASSWORD}' },
      { name: 'answers', url: '${url}' }, { name: 'is down', url: '${url}x', status: 503 },
      { name: 'dashboard', dashboard: true }]`);
    const { code, stdout, stderr } = await run('up');
    server.close();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ok {6}smoke {3}admin/);
    const [event] = await recorded();
    expect(event?.note).toBe('6 of 6 smoke checks passed');
    expect(JSON.stringify(event)).not.toContain(PASSWORD);
  });

  test.each([
    ['another password', login("'wrong'"), 'the password is not the one that is stored'],
    ['no password', login('undefined'), 'no password was given to try'],
    ['no account', login("'x'", 'nobody@x'), 'the account is not there'],
    ['false', '{ name: "x", sql: sql`select false` }', 'neither true nor above 0'],
    ['no row', '{ name: "x", sql: sql`select 1 where false` }', 'found no row'],
    [
      'a write',
      '{ name: "x", sql: sql`delete from users returning true` }',
      'read-only transaction',
    ],
    ['a statement that is wrong', '{ name: "x", sql: sql`selec` }', 'syntax error'],
    [
      'a command that fails',
      '{ name: "x", command: "echo broken; exit 2" }',
      'exit status 2: broken',
    ],
    ['a server that is down', '{ name: "x", url: "http://127.0.0.1:9/" }', 'http://127.0.0.1:9/:'],
  ])('fail for %s, with the line that restores', async (...[, check, says]) => {
    configure(`smoke: [${check}]`);
    const { code, stderr } = await run('up');
    const said = stderr.replaceAll(/\s+/g, ' ');
    expect([code, said]).toEqual([4, expect.stringContaining(says)]);
    expect(said).toContain(`HYG_VERIFY_SMOKE: The data is committed, but 1 smoke check failed`);
    expect(said).toContain(`hygiene restore ${ID} --reason`);
    expect(await demoUsers()).toBe(0);
    expect(await recorded()).toMatchObject([
      { code: 'HYG_VERIFY_SMOKE', checks: [{ passed: false }] },
    ]);
    expect(await run('ledger verify')).toMatchObject({ code: 0 });
  });
});

describe('allowed hours', () => {
  // Never on this day: the clock of the test is the real one.
  const never = (): string => {
    const today = systemClock.now().getUTCDay();
    const other = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(today + 3) % 7] ?? '';
    return `allowedHours: { from: '10:00', to: '11:00', timeZone: 'UTC', days: ['${other}'] }`;
  };

  test('refuse a run outside of them, and record why one came nevertheless', async () => {
    configure(never());
    const { code, stderr } = await run('up');
    expect([code, stderr]).toEqual([7, expect.stringContaining('HYG_REFUSED_HOURS')]);
    expect(await demoUsers()).toBe(300);
    expect(await run('up --outside-window disk-full')).toMatchObject({ code: 0 });
    expect(await recorded()).toMatchObject([{ note: 'outside of the allowed hours: disk-full' }]);
  });

  test('that make no sense are told all at once', async () => {
    configure(
      "allowedHours: { from: '25:00', to: '4', timeZone: 'Moon/Base' }, smoke: [{ name: 'x' }], before: ['']",
    );
    const { code, stderr } = await run('up');
    expect([code, stderr]).toEqual([2, expect.stringContaining('HYG_CONFIG_INVALID')]);
    expect(stderr).toContain('environments.staging.smoke.0');
    expect(stderr).toContain('environments.staging.allowedHours');
  });
});

describe('in the maintenance window', () => {
  test('whoever is still connected is listed, and stops the run unless it is allowed', async () => {
    const client = await database.connect();
    await client.query("set application_name = 'billing'");
    configure("before: ['echo stopped >> log'], after: ['echo started >> log']");
    const { code, stderr } = await run('up --maintenance');
    expect([code, stderr]).toEqual([
      7,
      expect.stringContaining('1 of postgres, billing, from 127.0.0.1'),
    ]);
    expect([await demoUsers(), log()]).toEqual([300, 'stopped\nstarted\n']);
    expect(await run('up --maintenance --allow-connections')).toMatchObject({ code: 0 });
    expect(await demoUsers()).toBe(0);
  });

  test('the commands before it may end the connections', async () => {
    const client = await database.connect();
    client.on('error', () => undefined);
    await client.query("set application_name = 'billing'");
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'billing'`;
    configure(`before: ['NODE_PATH=${process.cwd()}/node_modules node stop.cjs']`);
    writeFileSync(
      join(cwd, 'stop.cjs'),
      `const pg = require('pg'); const c = new pg.Client(process.env.DATABASE_URL);
       c.connect().then(() => c.query(\`${kill}\`)).then(() => c.end());`,
    );
    expect(await run('up --maintenance')).toMatchObject({ code: 0 });
  });
});

describe('a bundle', () => {
  test('holds all about a migration, and proves itself', async () => {
    await run('plan --out plan.json');
    await run('up --plan plan.json --log-dir logs');
    const line = `bundle ${ID} --log-dir logs --plan plan.json --password-time 0`;
    const { code, stdout } = await run(`${line} --out b.tar.gz`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('created  b.tar.gz')]);
    execFileSync('tar', ['xzf', 'b.tar.gz'], { cwd });
    const sums = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd, encoding: 'utf8' });
    expect(sums).toMatch(
      /report.html: OK[^]*ledger.jsonl: OK[^]*digest.json: OK[^]*logs\/cleanup_log.*OK[^]*plan.json: OK/,
    );
    expect(await run('ledger verify --digest digest.json')).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'README.txt'), 'utf8')).toContain(
      'backup: the ledger knows of none',
    );
    expect(await run(`${line} --out b.tar.gz`)).toMatchObject({ code: 2 });
  });

  test('is not made of what is unknown, or of the plan of another run', async () => {
    await run('plan --out plan.json');
    await run('up --plan plan.json');
    expect(await run('bundle 20990101000000_nothing')).toMatchObject({ code: 2 });
    expect(await run('bundle')).toMatchObject({ code: 2 });
    await run(`restore ${ID} --reason x`);
    await run(`reapply ${ID} --reason x`);
    await database.execute("insert into users (email, name) values ('z@example.com', 'z')");
    await run('plan --out other.json');
    expect(await run(`bundle ${ID} --plan other.json --password-time 0`)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('is not the plan that the run was held to'),
    });
  });
});
