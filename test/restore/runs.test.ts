import { beforeEach, expect, test } from '@jest/globals';

import { restoreOperation } from '../../src/app/operations/restore.ts';
import { Gate } from '../engine/gate.ts';
import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge';
const OPTIONS = { id: ID, dryRun: false, skipExisting: false, reason: null, confirm: null };

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  evidenceOf(await bench.up());
});

/** A restore stops at its last table until the gate is opened. */
async function closedGate(): Promise<Gate> {
  const gate = await Gate.closed(database);
  await database.execute(
    'create trigger gate before update on payments for each statement execute function wait_at_gate()',
  );
  return gate;
}

test('a restore that is cancelled in the middle changes nothing and records nothing', async () => {
  const before = await contents(database);
  const gate = await closedGate();
  const stop = new AbortController();
  const running = restoreOperation(bench.world({ signal: stop.signal }), {
    ...bench.options(),
    ...OPTIONS,
  }).catch((error: unknown) => error);
  await gate.untilReached();
  stop.abort();
  expect(await running).toMatchObject({ code: 'HYG_RUN_CANCELLED' });
  await gate.open();
  expect(await contents(database)).toEqual(before);
  expect(await events(database)).toEqual(['started', 'applied']);
});

test('of two restores at once one puts the rows back, and the other finds them back', async () => {
  const gate = await closedGate();
  const first = bench.restore(ID);
  await gate.untilReached();
  const second = bench.restoreError(ID);
  await gate.open();
  expect((await first).event).not.toBeNull();
  expect((await second).code).toBe('HYG_REFUSED_NOT_RESTORABLE');
  expect(await countOf(database, 'users')).toBe(320);
  expect(await events(database)).toEqual(['started', 'applied', 'restored']);
});

test('a restore waits for the run lock only as long as it may', async () => {
  const gate = await closedGate();
  const first = bench.restore(ID);
  await gate.untilReached();
  const error = await bench.restoreError(ID, { runLockTimeoutMs: 0 });
  expect([error.code, error.exitCode]).toEqual(['HYG_LOCK_HELD', 6]);
  await gate.open();
  await first;
});

test('a session that is ended while it restores leaves everything as it was', async () => {
  const before = await contents(database);
  const gate = await closedGate();
  const running = bench.restoreError(ID);
  await gate.untilReached();
  await database.execute(`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name like 'hygiene %' and application_name <> 'hygiene test'`);
  const error = await running;
  expect([error.code, error.exitCode]).toEqual(['HYG_DB_CONNECTION_LOST', 8]);
  await gate.open();
  expect(await contents(database)).toEqual(before);
  expect(await events(database)).toEqual(['started', 'applied']);
  await database.execute('drop trigger gate on payments');
  await bench.restore(ID);
  expect(await countOf(database, 'users')).toBe(320);
});

test('a row that another session is about to insert is found when it has', async () => {
  const other = await database.connect();
  await other.query('begin');
  await other.query(
    'insert into users (id, email, name) overriding system value select id, \'x\' || email, name from hygiene_archive."20260101000000_g1_users" limit 1',
  );
  const running = bench.restoreError(ID, { rowLockTimeoutMs: 20_000 });
  await new Gate(database, other).untilReached();
  await other.query('commit');
  const error = await running;
  expect(error.code).toBe('HYG_REFUSED_RESTORE_CONFLICT');
  expect(error.message).toContain('users: 1 archived row exists again');
  await other.end();
});

test('a role that may not insert is refused with the table', async () => {
  const role = `restorer_${database.name}`;
  await database.execute(`
    create role ${role} login password 'x';
    grant usage on schema public, hygiene, hygiene_archive to ${role};
    grant create on schema hygiene_archive to ${role};
    grant select, insert on hygiene.ledger to ${role};
    grant select on hygiene.meta, hygiene.environment to ${role};
    grant select, insert, update, delete on hygiene.archives to ${role};
    grant execute on all functions in schema hygiene to ${role};
    grant select on all tables in schema public, hygiene_archive to ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'x';
  const error = await bench.restoreError(ID, { databaseUrl: url.href });
  await database.execute(`drop owned by ${role}; drop role ${role}`);
  expect([error.code, error.exitCode]).toEqual(['HYG_REFUSED_PRIVILEGES', 7]);
  expect(error.message).toContain('permission denied for table');
});
