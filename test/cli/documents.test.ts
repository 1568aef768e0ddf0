import { expect, test } from '@jest/globals';

import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import {
  purgeDemoUsers,
  purgeWithoutDependents,
  violatingConstraint,
} from './sample-migrations.ts';

const FIRST = '20260101000000_purge_demo_users';
const SECOND = '20260102000000_another';

type Run = (line: string) => Promise<CliRun>;

async function setUp(migrations: Record<string, string>): Promise<{ run: Run; name: string }> {
  const database = await freshDatabase('sample.sql');
  const named = Object.fromEntries(
    Object.entries(migrations).map(([id, text]) => [`${id}.ts`, text]),
  );
  const cwd = createProject({ migrations: named });
  const variables = { DATABASE_URL: database.url, HYGIENE_JSON: '1' };
  return { name: database.name, run: (line) => runCli(line.split(' '), { cwd, variables }) };
}

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;
const HASH = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown;

test('every command gives one document with the same envelope, and nothing on stderr', async () => {
  const { run, name } = await setUp({ [FIRST]: purgeDemoUsers });
  for (const [line, outcome, code] of [
    ['lint', 'clean', 0],
    ['status --exit-code', 'pending', 3],
    ['plan --exit-code', 'pending', 3],
    ['ledger verify', 'not installed', 0],
    ['init --mark staging', 'done', 0],
    ['init --ledger', 'nothing to do', 0],
    ['init --print-sql', 'done', 0],
    ['up', 'applied', 0],
    ['up', 'nothing to do', 0],
    ['plan --exit-code', 'nothing to do', 0],
    ['verify', 'passed', 0],
    ['status --exit-code', 'up to date', 0],
    ['ledger', 'ok', 0],
    ['ledger verify', 'intact', 0],
    ['create purge_more', 'created', 0],
  ] as const) {
    const result = await run(line);
    expect([line, result.code, result.stderr]).toEqual([line, code, '']);
    expect(result.json()).toMatchObject({
      schemaVersion: 1,
      command: line.split(' ')[0],
      outcome,
      exitCode: code,
    });
  }
  const { target, environment } = (await run('status')).json();
  expect(target).toMatchObject({
    kind: 'postgres',
    database: name,
    user: 'postgres',
    source: 'DATABASE_URL',
  });
  expect(environment).toBe('staging');
});

test('plan has the numbers by table and by foreign key', async () => {
  const { run } = await setUp({ [FIRST]: purgeDemoUsers });
  expect((await run('plan')).json()).toMatchObject({
    ledgerInstalled: false,
    pending: [FIRST],
    totals: { removed: 1300, changed: 300, tables: 5, unknown: 0 },
    migrations: [
      {
        id: FIRST,
        refusals: [],
        steps: [
          {
            kind: 'purge',
            root: 'users',
            tables: [
              { table: 'users', doomed: 300, total: 320, survivors: 20 },
              { table: 'live_sessions', doomed: 600 },
              { table: 'subscriptions', doomed: 300 },
              { table: 'reports', doomed: 100 },
              { table: 'payments', doomed: 0, changed: 300 },
            ],
            edges: expect.arrayContaining([
              expect.objectContaining({
                child: 'payments',
                parent: 'users',
                action: 'nullify',
                rows: 300,
              }),
            ]),
          },
        ],
      },
    ],
  });
});

test('up has rows, archives, checks and the place in the ledger', async () => {
  const { run } = await setUp({ [FIRST]: purgeDemoUsers });
  expect((await run('up')).json()).toMatchObject({
    totals: { removed: 1300, changed: 300 },
    remaining: [],
    migrations: [
      {
        id: FIRST,
        outcome: 'applied',
        attempts: 1,
        event: { seq: 2, hash: HASH, prevHash: HASH, at: ISO },
        steps: [{ label: 'purge users', removed: 1300, changed: 300 }],
        tables: expect.arrayContaining([
          expect.objectContaining({ table: 'users', planned: 300, archived: 300, removed: 300 }),
        ]),
        archives: expect.arrayContaining([
          {
            source: 'users',
            archive: 'hygiene_archive."20260101000000_g1_users"',
            kind: 'rows',
            rows: 300,
          },
        ]),
        checks: [
          { kind: 'none', lasting: true, expected: '0 rows', actual: '0 rows', passed: true },
          { kind: 'atLeast', lasting: false, passed: true },
        ],
      },
    ],
    runLog: expect.stringMatching(/^hygiene\/logs\/cleanup_log_\d{8}T\d{6}Z\.txt$/),
  });
  expect((await run('ledger --limit 1')).json()['events']).toMatchObject([
    {
      seq: 4,
      event: 'guard_validated',
      migrationId: FIRST,
      at: ISO,
      hash: HASH,
      environment: null,
    },
  ]);
  expect((await run('status')).json()['migrations']).toMatchObject([
    { id: FIRST, status: 'applied', appliedAt: ISO, generation: 1 },
  ]);
});

test('a run that fails in the middle tells what was applied, what failed and what is left', async () => {
  const third = '20260103000000_third';
  const { run } = await setUp({
    [FIRST]: purgeDemoUsers,
    [SECOND]: violatingConstraint,
    [third]: purgeDemoUsers,
  });
  const failed = await run('up');
  expect(failed.code).toBe(1);
  expect(failed.json()).toMatchObject({
    outcome: 'failed',
    exitCode: 1,
    migrations: [
      { id: FIRST, outcome: 'applied' },
      { id: SECOND, outcome: 'failed', error: { code: 'HYG_RUN_SQL' } },
    ],
    remaining: [SECOND, third],
    error: { code: 'HYG_RUN_SQL', details: { sqlstate: '23514', table: 'payments' } },
  });
});

test('a refusal has its code, its hint and the counts', async () => {
  const { run } = await setUp({ [FIRST]: purgeWithoutDependents });
  const planned = (await run('plan')).json();
  expect(planned).toMatchObject({
    outcome: 'refused',
    migrations: [{ refusals: [{ code: 'HYG_REFUSED_DEPENDENTS' }] }],
  });
  const refused = await run('up');
  expect(refused.code).toBe(7);
  expect(refused.json()).toMatchObject({
    outcome: 'failed',
    error: { code: 'HYG_REFUSED_DEPENDENTS' },
  });
});
