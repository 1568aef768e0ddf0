import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/kernel/ports.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { events } from './witness.ts';
import { purgeDemoUsers } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';
const HOUR_MS = 3_600_000;

function hoursAgo(hours: number): string {
  return new Date(systemClock.now().getTime() - hours * HOUR_MS).toISOString();
}

let database: TestDatabase;
let cwd: string;

function run(line: string): Promise<CliRun> {
  return runCli(line.split(' '), { cwd, variables: { DATABASE_URL: database.url } });
}

function demand(demands: string): void {
  writeFileSync(
    join(cwd, 'hygiene', 'config.ts'),
    `import { defineConfig } from 'pg-hygiene';
export default defineConfig({ environments: { production: ${demands} } });\n`,
  );
}

/** Refused with this code before anything ran; gives what was printed. */
async function expectRefused(line: string, code: string): Promise<string> {
  const before = await events(database);
  const { code: exit, stderr } = await run(line);
  expect([exit, said(stderr)]).toEqual([7, expect.stringContaining(code)]);
  expect(await events(database)).toEqual(before);
  expect(
    await database.query("select from users where email like '%@example.com' limit 1"),
  ).toHaveLength(1);
  return said(stderr);
}

/** Without the breaks of the terminal. */
function said(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

beforeAll(async () => {
  database = await freshDatabase('sample.sql');
  cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
  await run('mark production');
});

const UP = (): string => `up --confirm ${database.name}`;

describe('an environment whose config demands a backup', () => {
  function proof(changes: Readonly<Record<string, unknown>> = {}): void {
    const usual = {
      id: 'nightly-0112',
      takenAt: hoursAgo(1),
      identity: { database: database.name },
      location: 's3://backups/nightly-0112',
      method: 'pg_dump',
      restoreTestedAt: hoursAgo(0),
    };
    writeFileSync(join(cwd, 'proof.json'), JSON.stringify({ ...usual, ...changes }));
  }

  test('refuses without proof, and says how to give it', async () => {
    demand('{ backup: {} }');
    const said = await expectRefused(UP(), 'HYG_REFUSED_BACKUP');
    expect(said).toContain('production demands proof of a backup that is at most 24 hours old');
    expect(said).toContain('--backup-proof FILE');
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['is 25 hours old; production demands at most 24 hours', { takenAt: hoursAgo(25.5) }],
    ['taken in the future', { takenAt: hoursAgo(-1) }],
    ['Nobody has tested a restore', { restoreTestedAt: undefined }],
    ['is of another database: database elsewhere', { identity: { database: 'elsewhere' } }],
  ])('refuses one that %s', async (says, changes) => {
    proof(changes);
    expect(
      await expectRefused(`${UP()} --backup-proof proof.json`, 'HYG_REFUSED_BACKUP'),
    ).toContain(says);
  });

  test('takes a good one, and records it once', async () => {
    proof();
    const line = `${UP()} --backup-proof proof.json --exec-order linear`;
    writeFileSync(
      join(cwd, 'hygiene', `${ID}.ts`),
      purgeDemoUsers({ options: "dependents: 'all', budget: { max: 1 }" }),
    );
    expect((await run(line)).code).toBe(7);
    expect((await run(line)).code).toBe(7);
    const backups = await database.query(
      "select note, evidence ->> 'id' as id from hygiene.ledger where event = 'backup'",
    );
    const note = 'pg_dump, s3://backups/nightly-0112, restore tested';
    expect(backups).toEqual([{ note, id: 'nightly-0112' }]);
    writeFileSync(join(cwd, 'hygiene', `${ID}.ts`), purgeDemoUsers());
  });

  test.each([
    ['missing.json', 'it cannot be read (ENOENT)'],
    ['hygiene/config.ts', 'it is not JSON'],
    ['half.json', 'takenAt'],
  ])('does not take %s for a proof', async (file, says) => {
    writeFileSync(join(cwd, 'half.json'), '{ "id": "x" }');
    const { code, stderr } = await run(`${UP()} --backup-proof ${file}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

test('an environment whose config demands budgets refuses a purge without one', async () => {
  demand('{ budget: true }');
  writeFileSync(join(cwd, 'hygiene', `${ID}.ts`), purgeDemoUsers({ options: "dependents: 'all'" }));
  const said = await expectRefused(UP(), 'HYG_REFUSED_NO_BUDGET');
  expect(said).toContain(`${ID}: purge says not how many rows it may take; production demands it.`);
  writeFileSync(join(cwd, 'hygiene', `${ID}.ts`), purgeDemoUsers());
});

describe('an environment whose config demands an approval', () => {
  test('refuses without a plan', async () => {
    demand('{ approval: true }');
    const said = await expectRefused(UP(), 'HYG_REFUSED_APPROVAL');
    expect(said).toContain('hygiene approve --plan plan.json');
  });

  test('refuses a plan that nobody, or the runner itself, has approved', async () => {
    expect((await run('plan --out plan.json')).code).toBe(0);
    expect(await expectRefused(`${UP()} --plan plan.json`, 'HYG_REFUSED_APPROVAL')).toContain(
      `Nobody has approved this plan of ${ID}.`,
    );
    const { code, stdout } = await run('approve --plan plan.json --ticket OPS-7');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`approved  ${ID}`)]);
    const { code: exit, stderr } = await run(`${UP()} --plan plan.json`);
    expect([exit, said(stderr)]).toEqual([
      7,
      expect.stringContaining('approved by the database role that would run it'),
    ]);
  });

  test('is satisfied by another database role, of this very plan', async () => {
    const role = `approver_${database.name}`;
    await database.execute(`
      create role ${role} login password 'x';
      grant usage on schema hygiene to ${role};
      grant select, insert on hygiene.ledger to ${role};
      grant select on hygiene.meta, hygiene.environment to ${role};
      grant execute on all functions in schema hygiene to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const approve = (): Promise<CliRun> =>
      runCli(['approve', '--plan', 'plan.json'], { cwd, variables: { DATABASE_URL: url.href } });
    expect((await approve()).code).toBe(0);
    const done = await run(`${UP()} --plan plan.json --json`);
    expect([done.code, done.json()['outcome']]).toEqual([0, 'applied']);
    await database.execute(`drop owned by ${role}; drop role ${role}`);
  });
});
