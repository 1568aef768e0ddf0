import { spawn, spawnSync } from 'node:child_process';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { purgeDemoUsers } from '../engine/workbench.ts';
import { loginRole, type LoginRole } from '../privileges/login-role.ts';
import { runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const ID = '20260101000000_purge_demo_users';

const isInstalled = spawnSync('psql', ['--version']).status === 0;
const reason = isInstalled ? '' : ' (left out: psql is not installed)';

const database = useDatabase('sample.sql');
let runner: LoginRole;
let auditor: LoginRole;
let stranger: LoginRole;

/** Before the DBA comes: ledger and roles from the printed script, one migration applied by the pipeline. */
beforeAll(async () => {
  const cwd = createProject({ migrations: { [`${ID}.ts`]: purgeDemoUsers() } });
  const hygiene = (line: string, url: string): ReturnType<typeof runCli> =>
    runCli(line.split(' '), { cwd, variables: { DATABASE_URL: url } });
  await database.execute((await hygiene('init --print-sql', database.url)).stdout);
  runner = await loginRole(database);
  auditor = await loginRole(database);
  stranger = await loginRole(database);
  await database.execute(`
    grant hygiene_runner to ${runner.name};
    grant hygiene_reader to ${auditor.name};
    grant select, update, delete on all tables in schema public to ${runner.name};
  `);
  await hygiene('up', runner.url);
});

/** How a script ends as a role: `done`, or the SQLSTATE. Nothing of it stays. */
async function outcomeAs(role: LoginRole, statement: string): Promise<string> {
  const ended = await database
    .execute(`set session authorization ${role.name}; begin; ${statement}; rollback`)
    .then(
      () => 'done',
      (error: unknown) => (error as { readonly code: string }).code,
    );
  await database.execute('rollback; reset session authorization');
  return ended;
}

const SWITCHED = 'after it, a trigger of the ledger was switched off and on again';

describe('with SQL alone, a DBA', () => {
  test('sees where every migration stands', async () => {
    expect(
      await database.query(
        'select migration_id, status, generation, rows_removed::int, last_event from hygiene.status',
      ),
    ).toEqual([
      {
        migration_id: ID,
        status: 'applied',
        generation: 1,
        rows_removed: 1300,
        last_event: 'applied',
      },
    ]);
  });

  test('reads who did what, with how many rows, by table', async () => {
    const history = await database.query('select seq::int, event, role, what from hygiene.history');
    expect(history).toEqual([
      { seq: 1, event: 'started', role: runner.name, what: null },
      {
        seq: 2,
        event: 'applied',
        role: runner.name,
        what: 'users: 300 removed, live_sessions: 600 removed, subscriptions: 300 removed, reports: 100 removed, payments: 0 removed, 300 changed',
      },
    ]);
  });

  test('proves the chain, and sees an event that somebody edited', async () => {
    expect(await database.query('select ok, problem from hygiene.verify_ledger()')).toEqual([
      { ok: true, problem: null },
    ]);
    await database.execute(`
      begin;
      alter table hygiene.ledger disable trigger ledger_append_only;
      update hygiene.ledger set note = 'nothing happened' where seq = 2;
      alter table hygiene.ledger enable always trigger ledger_append_only;
    `);
    expect(
      await database.query('select ok, problem, at_seq::int from hygiene.verify_ledger()'),
    ).toEqual([
      { ok: false, problem: 'it was changed after it was recorded', at_seq: 2 },
      { ok: false, problem: SWITCHED, at_seq: 2 },
    ]);
    await database.execute('rollback');
  });

  test('compares a digest that was kept elsewhere, and so sees a chain that was computed anew', async () => {
    const [kept] = await database.query<{ seq: number; hash: string }>(
      'select seq::int, hash from hygiene.ledger order by seq desc limit 1',
    );
    const sameAsKept = 'select hash = $2 as same from hygiene.ledger where seq = $1';
    expect(await database.query(sameAsKept, [kept?.seq, kept?.hash])).toEqual([{ same: true }]);
    await database.execute(`
      begin;
      alter table hygiene.ledger disable trigger user;
      update hygiene.ledger set note = 'nothing happened' where seq = 2;
      update hygiene.ledger as l set hash = hygiene.event_hash(l) where seq = 2;
      alter table hygiene.ledger enable always trigger ledger_append_only;
      alter table hygiene.ledger enable always trigger ledger_no_truncate;
      alter table hygiene.ledger enable always trigger ledger_check_append;
    `);
    expect(await database.query('select problem from hygiene.verify_ledger()')).toEqual([
      { problem: SWITCHED },
    ]);
    expect(await database.query(sameAsKept, [kept?.seq, kept?.hash])).toEqual([{ same: false }]);
    await database.execute('rollback');
  });

  test('finds what is archived, how much, and since when', async () => {
    expect(
      await database.query(
        'select source_table, kind, rows::int from hygiene.archives order by source_table',
      ),
    ).toEqual([
      { source_table: 'live_sessions', kind: 'rows', rows: 600 },
      { source_table: 'payments', kind: 'mutations', rows: 300 },
      { source_table: 'reports', kind: 'rows', rows: 100 },
      { source_table: 'subscriptions', kind: 'rows', rows: 300 },
      { source_table: 'users', kind: 'rows', rows: 300 },
    ]);
  });

  test('has nobody connect the ledger to a role that could forge it', async () => {
    const append = `select hygiene.append_event('{"event": "backup"}')`;
    const archive = `hygiene_archive."20260101000000_g1_users"`;
    const matrix: Record<string, readonly string[]> = {};
    for (const statement of [
      'table hygiene.history',
      'select * from hygiene.verify_ledger()',
      append,
      `insert into hygiene.ledger select * from hygiene.ledger`,
      `update hygiene.ledger set note = 'x'`,
      'delete from hygiene.ledger',
      'truncate hygiene.ledger',
      'alter table hygiene.ledger disable trigger all',
      'drop table hygiene.ledger',
      `select from ${archive}`,
      `delete from ${archive}`,
      'create table hygiene_archive.mine ()',
      `select hygiene.drop_archive('20260101000000_g1_users')`,
    ]) {
      matrix[statement] = [
        await outcomeAs(runner, statement),
        await outcomeAs(auditor, statement),
        await outcomeAs(stranger, statement),
      ];
    }
    const no = '42501';
    expect(matrix).toEqual({
      'table hygiene.history': ['done', 'done', no],
      'select * from hygiene.verify_ledger()': ['done', 'done', no],
      [append]: ['done', no, no],
      // A row that does not continue the chain.
      'insert into hygiene.ledger select * from hygiene.ledger': ['HY002', no, no],
      "update hygiene.ledger set note = 'x'": [no, no, no],
      'delete from hygiene.ledger': [no, no, no],
      'truncate hygiene.ledger': [no, no, no],
      'alter table hygiene.ledger disable trigger all': [no, no, no],
      'drop table hygiene.ledger': [no, no, no],
      [`select from ${archive}`]: ['done', no, no],
      [`delete from ${archive}`]: [no, no, no],
      'create table hygiene_archive.mine ()': [no, no, no],
      "select hygiene.drop_archive('20260101000000_g1_users')": ['done', no, no],
    });
  });

  test('is refused too, as the owner, as long as the triggers are there', async () => {
    for (const change of [
      "update hygiene.ledger set note = 'x'",
      'delete from hygiene.ledger',
      'truncate hygiene.ledger',
    ]) {
      await expect(database.execute(`set role hygiene_owner; ${change}`)).rejects.toMatchObject({
        code: 'HY002',
      });
    }
    await database.execute('reset role');
  });

  test('keeps the privileges of others out of both schemas', async () => {
    expect(
      await database.query(`
        select n.nspname::text as schema, pg_get_userbyid(n.nspowner)::text as owner,
               array(select distinct case a.grantee when 0 then 'PUBLIC' else pg_get_userbyid(a.grantee)::text end
                       from aclexplode(n.nspacl) as a order by 1) as users
          from pg_namespace as n where n.nspname like 'hygiene%' order by 1
      `),
    ).toEqual([
      {
        schema: 'hygiene',
        owner: 'hygiene_owner',
        users: ['hygiene_owner', 'hygiene_reader', 'hygiene_runner'],
      },
      {
        schema: 'hygiene_archive',
        owner: 'hygiene_owner',
        users: ['hygiene_owner', 'hygiene_runner'],
      },
    ]);
  });
});

(isInstalled ? describe : describe.skip)(`in psql${reason}`, () => {
  /** Without the start-up file of whoever runs the tests. */
  function psql(
    url: string,
    ...commands: readonly string[]
  ): Promise<{ code: number; output: string }> {
    const options = ['--no-psqlrc', '--no-align', '--tuples-only', '--set', 'ON_ERROR_STOP=1'];
    const child = spawn('psql', [
      url,
      ...options,
      ...commands.flatMap((each) => ['--command', each]),
    ]);
    return new Promise((resolve, reject) => {
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      }
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code: code ?? -1, output });
      });
    });
  }

  test('status, history and proof are one line each', async () => {
    const { code, output } = await psql(
      auditor.url,
      'select migration_id, status from hygiene.status',
      'select count(*) from hygiene.history',
      'select ok, events from hygiene.verify_ledger()',
    );
    expect([code, output]).toEqual([0, `${ID}|applied\n2\nt|2\n`]);
  });

  test('an auditor can write nothing, and sees no archived row', async () => {
    for (const command of [
      `select hygiene.append_event('{"event": "backup"}')`,
      'select * from hygiene_archive."20260101000000_g1_users"',
    ]) {
      const { code, output } = await psql(auditor.url, command);
      expect([code, output]).toEqual([1, expect.stringContaining('permission denied')]);
    }
  });

  test('\\d+ explains tables, columns and functions', async () => {
    const { output } = await psql(
      database.url,
      '\\dt+ hygiene.*',
      '\\d+ hygiene.ledger',
      '\\df+ hygiene.verify_ledger',
      '\\du+ hygiene_*',
    );
    for (const said of [
      'Everything hygiene did to this database.',
      'Hash of the migration file',
      'Proves the hash chain',
      'Grant it to auditors.',
    ]) {
      expect(output).toContain(said);
    }
  });
});
