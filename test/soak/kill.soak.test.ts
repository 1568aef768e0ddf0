import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Gate } from '../engine/gate.ts';
import { RunnerProcess } from '../engine/runner-process.ts';
import { purgeDemoUsers, Workbench } from '../engine/workbench.ts';

const ID = '20260101000000_purge_demo_users';

describe('a runner that is stopped from outside', () => {
  let database: TestDatabase;
  let bench: Workbench;
  let gate: Gate;
  let runner: RunnerProcess | undefined;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
    await installOperation(bench.world(), { ...bench.options(), mark: null });
    gate = await Gate.closed(database);
  });

  afterEach(() => {
    runner?.kill('SIGKILL');
  });

  /** Starts a runner and resolves when it waits at the gate. */
  async function startUntilGate(): Promise<RunnerProcess> {
    const argv = ['up', '--row-lock-timeout', '60', '--statement-timeout', '60'];
    runner = new RunnerProcess(argv, { cwd: bench.directory, url: database.url });
    await gate.untilReached();
    return runner;
  }

  async function kill(victim: RunnerProcess): Promise<void> {
    victim.kill('SIGKILL');
    expect((await victim.ended()).signal).toBe('SIGKILL');
  }

  /** Users and ledger must tell the same story, whatever happened. */
  async function expectAgreement(): Promise<boolean> {
    const [row] = await database.query<{ demo: number; applied: number }>(`
      select (select count(*)::int from users where email like '%@example.%') as demo,
             (select count(*)::int from hygiene.ledger where event = 'applied') as applied`);
    expect(row?.applied).toBe(row?.demo === 0 ? 1 : 0);
    return row?.applied === 1;
  }

  async function expectNextRunFinishes(): Promise<void> {
    const report = await bench.up();
    expect(report.error).toBeNull();
    expect(await expectAgreement()).toBe(true);
    const archived = await database.query('select from hygiene_archive."20260101000000_g1_users"');
    expect(archived).toHaveLength(300);
    expect(await database.query('select ok from hygiene.verify_ledger()')).toEqual([{ ok: true }]);
  }

  async function events(): Promise<readonly string[]> {
    const rows = await database.query('select event from hygiene.ledger order by seq');
    return rows.map(({ event }) => String(event));
  }

  async function stopAtDelete(): Promise<RunnerProcess> {
    await database.execute(`
      create trigger at_gate before delete on users for each row
        when (old.email = 'demo7@example.com') execute function wait_at_gate()`);
    return startUntilGate();
  }

  test('by kill -9 before it removes anything leaves everything as it was', async () => {
    const client = await database.connect();
    await client.query('begin');
    await client.query("select from users where email = 'demo7@example.com' for update");
    await kill(await startUntilGate());
    await gate.untilRunnerIsGone();
    expect(await expectAgreement()).toBe(false);
    await client.query('rollback');
    await expectNextRunFinishes();
    expect(await events()).toEqual(['started', 'interrupted', 'started', 'applied']);
  });

  test('by kill -9 in the middle of the delete leaves everything as it was', async () => {
    await kill(await stopAtDelete());
    await gate.untilRunnerIsGone();
    expect(await expectAgreement()).toBe(false);
    await gate.open();
    await expectNextRunFinishes();
  });

  test('by kill -9 after verify, just before COMMIT, leaves everything as it was', async () => {
    await database.execute(`
      create trigger at_gate after insert on hygiene.ledger for each row
        when (new.event = 'applied') execute function wait_at_gate()`);
    await kill(await startUntilGate());
    await gate.untilRunnerIsGone();
    expect(await expectAgreement()).toBe(false);
    await gate.open();
    await expectNextRunFinishes();
  });

  test('by kill -9 during COMMIT leaves data and ledger agreeing', async () => {
    await database.execute(`
      create constraint trigger at_gate after insert on hygiene.ledger deferrable initially deferred
        for each row when (new.event = 'applied') execute function wait_at_gate()`);
    await kill(await startUntilGate());
    // The server may notice the dead client first or finish the commit first; both are right.
    await gate.open();
    await gate.untilRunnerIsGone();
    await expectAgreement();
    await expectNextRunFinishes();
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s cancels, rolls back, records it and ends with %i', async (signal, code) => {
    const stopped = await stopAtDelete();
    stopped.kill(signal);
    const ended = await stopped.ended();
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`Stopped by ${signal}`);
    expect(await expectAgreement()).toBe(false);
    expect(await events()).toEqual(['started', 'cancelled']);
    await gate.open();
    await expectNextRunFinishes();
  });
});
