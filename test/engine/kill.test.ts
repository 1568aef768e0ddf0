import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { RunnerProcess } from './runner-process.ts';
import { purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';
const GATE = 4711;

/** Each test stops the runner at one point by a lock that the test holds, and kills it there. */
describe('a runner that is killed', () => {
  let database: TestDatabase;
  let bench: Workbench;
  let blocker: Client;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
    await bench.plan();
    blocker = await database.connect();
  });

  afterEach(async () => {
    await blocker.end();
  });

  function start(): RunnerProcess {
    const argv = ['up', '--row-lock-timeout', '60', '--statement-timeout', '60'];
    return new RunnerProcess(argv, { cwd: bench.directory, url: database.url });
  }

  /** Waits, by the server's own word, until a session of the runner waits for a lock of ours. */
  async function untilBlocked(): Promise<void> {
    await database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          perform 1 from pg_stat_activity
            where datname = current_database() and application_name like 'hygiene%'
              and wait_event_type = 'Lock';
          if found then return; end if;
          perform pg_sleep(0.01);
          perform pg_stat_clear_snapshot();
        end loop;
        raise exception 'the runner never came to the gate';
      end $$`);
  }

  /** Waits until no session of the runner is left on the server. */
  async function untilGone(): Promise<void> {
    await database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          perform 1 from pg_stat_activity
            where datname = current_database() and application_name like 'hygiene%';
          if not found then return; end if;
          perform pg_sleep(0.01);
          perform pg_stat_clear_snapshot();
        end loop;
        raise exception 'the session of the killed runner stays';
      end $$`);
  }

  /** Users and ledger must tell the same story, whatever happened. */
  async function applied(): Promise<boolean> {
    const [{ demo } = { demo: -1 }] = await database.query<{ demo: number }>(
      "select count(*)::int as demo from users where email like '%@example.%'",
    );
    const events = await database.query("select from hygiene.ledger where event = 'applied'");
    expect(events).toHaveLength(demo === 0 ? 1 : 0);
    return demo === 0;
  }

  async function nextRunFinishes(): Promise<void> {
    const report = await bench.up();
    expect(report.error).toBeNull();
    expect(await applied()).toBe(true);
    const [archived] = await database.query<{ n: number }>(
      'select count(*)::int as n from hygiene_archive."20260101000000_g1_users"',
    );
    expect(archived?.n).toBe(300);
    expect(await database.query('select ok from hygiene.verify_ledger()')).toEqual([{ ok: true }]);
  }

  async function killAtGate(runner: RunnerProcess): Promise<void> {
    await untilBlocked();
    runner.kill('SIGKILL');
    expect((await runner.ended()).signal).toBe('SIGKILL');
  }

  async function gate(when: string): Promise<void> {
    await database.execute(`
      create function wait_at_gate() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(${String(GATE)});
        return ${when.startsWith('before delete') ? 'old' : 'null'};
      end $$`);
    await blocker.query('select pg_advisory_lock($1)', [GATE]);
  }

  test('before it removes anything leaves everything as it was', async () => {
    await blocker.query('begin');
    await blocker.query("select from users where email = 'demo7@example.com' for update");
    const runner = start();
    await killAtGate(runner);
    await untilGone();
    expect(await applied()).toBe(false);
    await blocker.query('rollback');
    await nextRunFinishes();
    const events = await database.query('select event from hygiene.ledger order by seq');
    expect(events.map(({ event }) => String(event))).toEqual(['started', 'interrupted', 'started', 'applied']);
  });

  test('in the middle of the delete leaves everything as it was', async () => {
    await gate('before delete');
    await database.execute(
      "create trigger at_gate before delete on users for each row when (old.email = 'demo7@example.com') execute function wait_at_gate()",
    );
    const runner = start();
    await killAtGate(runner);
    await untilGone();
    expect(await applied()).toBe(false);
    await blocker.query('select pg_advisory_unlock($1)', [GATE]);
    await nextRunFinishes();
  });

  test('after verify, while the ledger row is written, leaves everything as it was', async () => {
    await gate('before insert');
    const runner = await startWithLedgerTrigger('before insert');
    await killAtGate(runner);
    await untilGone();
    expect(await applied()).toBe(false);
    await blocker.query('select pg_advisory_unlock($1)', [GATE]);
    await nextRunFinishes();
  });

  test('during COMMIT leaves data and ledger agreeing', async () => {
    await gate('at commit');
    const runner = await startWithLedgerTrigger('deferred');
    await killAtGate(runner);
    // The server may notice the dead client first, or finish the commit first; both are right.
    await blocker.query('select pg_advisory_unlock($1)', [GATE]);
    await untilGone();
    await applied();
    await nextRunFinishes();
  });

  /** Stops the runner when it writes `applied`: at once, or at the end of its COMMIT. */
  async function startWithLedgerTrigger(when: 'before insert' | 'deferred'): Promise<RunnerProcess> {
    await installLedger();
    await database.execute(
      when === 'deferred'
        ? `create constraint trigger at_gate after insert on hygiene.ledger deferrable initially deferred
             for each row when (new.event = 'applied') execute function wait_at_gate()`
        : `create trigger at_gate after insert on hygiene.ledger
             for each row when (new.event = 'applied') execute function wait_at_gate()`,
    );
    return start();
  }

  async function installLedger(): Promise<void> {
    const { installOperation } = await import('../../src/app/operations/install.ts');
    await installOperation(bench.world(), { ...bench.options(), mark: null });
  }
});
