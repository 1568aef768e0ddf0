import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { migration, purgeDemoUsers } from './workbench.ts';
import { events } from './witness.ts';

const ID = '20260101000000_purge_demo_users';
const DEMO = "email ~* '@example[.](com|org|net)$'";

let database: TestDatabase;
let cwd: string;

function run(...argv: string[]): Promise<CliRun> {
  return runCli(argv, { cwd, variables: { DATABASE_URL: database.url } });
}

async function expectError(argv: readonly string[], code: string, exit: number): Promise<string> {
  const before = await ledgerEvents();
  const { code: ended, stderr } = await run(...argv);
  expect([ended, stderr]).toEqual([exit, expect.stringContaining(code)]);
  expect(await ledgerEvents()).toEqual(before);
  return stderr.replaceAll(/\s+/g, ' ');
}

async function ledgerEvents(): Promise<readonly string[]> {
  const [ledger] = await database.query<{ oid: string | null }>(
    "select to_regclass('hygiene.ledger')::text as oid",
  );
  return (ledger?.oid ?? null) === null ? [] : events(database);
}

async function noteOf(event: string): Promise<string | null | undefined> {
  const rows = await database.query<{ note: string | null }>(
    'select note from hygiene.ledger where event = $1 order by seq desc limit 1',
    [event],
  );
  return rows[0]?.note;
}

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
});

describe('baseline', () => {
  test('adopts a database that was cleaned by hand, with the proof that it is clean', async () => {
    await database.execute(`
      delete from live_sessions; delete from reports; delete from payments; delete from subscriptions;
      delete from users where ${DEMO}`);
    const { code, stdout } = await run('baseline', ID, '--reason', 'by hand, OPS-1');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`baselined  ${ID}`)]);
    expect(await noteOf('baseline')).toBe('by hand, OPS-1');
    expect((await run('up')).stdout).toContain('Nothing to do');
    expect((await run('status')).stdout).toContain('baselined');
    const verified = await run('verify');
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('1 lasting check'),
    ]);
    expect(await events(database)).toEqual(['baseline', 'verified']);
  });

  test('refuses where the work is still to be done', async () => {
    const said = await expectError(
      ['baseline', ID, '--reason', 'I think so'],
      'HYG_VERIFY_FAILED',
      4,
    );
    expect(said).toContain(`${ID} cannot be adopted as done`);
    expect(said).toContain('found 300');
  });

  test('adopts everything in a database without rows, and needs no reason there', async () => {
    await database.execute(
      'truncate admins, users, live_sessions, reports, payments, subscriptions',
    );
    writeFileSync(
      join(cwd, 'hygiene', '20260102000000_more.ts'),
      migration({ up: "purge(rows('reports', sql`id < 0`))" }),
    );
    expect((await run('plan')).stdout).toContain('needs no cleanup: hygiene baseline --all');
    expect((await run('baseline', '--all')).code).toBe(0);
    expect(await noteOf('baseline')).toBe('The database held no rows when hygiene came to it.');
    expect(await events(database)).toEqual(['baseline', 'baseline']);
    expect((await run('baseline', '--all')).stdout).toContain('Nothing is pending');
  });

  test('of everything needs a reason where there are rows', async () => {
    expect(await expectError(['baseline', '--all'], 'HYG_USAGE', 2)).toContain(
      'The database holds rows',
    );
  });

  test('records nothing for what names nothing, two things, or what is done', async () => {
    await expectError(['baseline'], 'HYG_USAGE', 2);
    await expectError(['baseline', ID, '--all', '--reason', 'x'], 'HYG_USAGE', 2);
    await expectError(['baseline', ID], 'HYG_USAGE', 2);
    await expectError(
      ['baseline', '2026_nothing', '--reason', 'x'],
      'HYG_REFUSED_NOT_BASELINABLE',
      7,
    );
    expect((await run('up')).code).toBe(0);
    expect(
      await expectError(['baseline', ID, '--reason', 'x'], 'HYG_REFUSED_NOT_BASELINABLE', 7),
    ).toContain(`${ID} is applied`);
  });
});

describe('retire', () => {
  test('lets the file go and keeps the evidence', async () => {
    expect((await run('up')).code).toBe(0);
    rmSync(join(cwd, 'hygiene', `${ID}.ts`));
    writeFileSync(
      join(cwd, 'hygiene', '20260102000000_more.ts'),
      migration({ up: "purge(rows('reports', sql`id < 0`))" }),
    );
    const missing = await run('up');
    expect([missing.code, missing.stderr]).toEqual([5, expect.stringContaining('hygiene retire')]);
    expect((await run('retire', ID, '--reason', 'release 12')).code).toBe(0);
    expect(await noteOf('retired')).toBe('release 12');
    expect((await run('up')).code).toBe(0);
    expect((await run('status')).stdout).toContain('retired');
    expect((await run('ledger', '--migration', ID)).stdout).toContain('applied');
  });

  test('records nothing for what names nothing, never ran, or is retired already', async () => {
    await expectError(['retire', ID], 'HYG_USAGE', 2);
    expect((await run('init', '--ledger')).code).toBe(0);
    await expectError(['retire', 'nothing', '--reason', 'x'], 'HYG_LEDGER_UNKNOWN_ID', 2);
    expect(
      await expectError(['retire', ID, '--reason', 'x'], 'HYG_REFUSED_NOT_RETIRABLE', 7),
    ).toContain('it never ran here');
    expect((await run('up')).code).toBe(0);
    expect((await run('restore', ID)).code).toBe(0);
    expect((await run('reapply', ID, '--reason', 'x')).code).toBe(0);
    expect(
      await expectError(['retire', ID, '--reason', 'x'], 'HYG_REFUSED_NOT_RETIRABLE', 7),
    ).toContain('it has not run since its rows were put back');
    expect((await run('up')).code).toBe(0);
    expect((await run('retire', ID, '--reason', 'x')).code).toBe(0);
    expect(
      await expectError(['retire', ID, '--reason', 'x'], 'HYG_REFUSED_NOT_RETIRABLE', 7),
    ).toContain('retired already');
    await expectError(['reapply', ID, '--reason', 'x'], 'HYG_REFUSED_NOT_REAPPLICABLE', 7);
  });
});

describe('verify', () => {
  test('is on record, with what came back', async () => {
    expect((await run('up')).code).toBe(0);
    expect((await run('verify')).code).toBe(0);
    await database.execute("insert into users (email, name) values ('back@example.com', 'Back')");
    expect((await run('verify')).code).toBe(4);
    const rows = await database.query(
      "select error from hygiene.ledger where event = 'verified' order by seq",
    );
    expect(rows).toEqual([
      { error: null },
      {
        error: expect.objectContaining({
          message: expect.stringMatching(/^1 lasting check failed: .*found 1 row/) as unknown,
        }) as unknown,
      },
    ]);
    expect(JSON.stringify(await database.query('select * from hygiene.ledger'))).not.toContain(
      'back@',
    );
    const [{ ok } = { ok: false }] = await database.query('select ok from hygiene.verify_ledger()');
    expect(ok).toBe(true);
  });

  test('says so where the role may not write', async () => {
    expect((await run('up')).code).toBe(0);
    const role = `reader_${database.name}`;
    await database.execute(`
      create role ${role} login password 'x';
      grant usage on schema hygiene to ${role};
      grant select on all tables in schema hygiene to ${role};
      grant execute on all functions in schema hygiene to ${role};
      grant select on all tables in schema public to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const { code, stdout } = await runCli(['verify'], {
      cwd,
      variables: { DATABASE_URL: url.href },
    });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Not recorded: this role may not write'),
    ]);
    expect(await events(database)).toEqual(['started', 'applied']);
    await database.execute(`drop owned by ${role}; drop role ${role}`);
  });
});
