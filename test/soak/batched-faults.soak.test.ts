import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';

import { type BreakPoint, breakingRelay } from '../engine/breaking-relay.ts';
import { Gate, untilTrue } from '../engine/gate.ts';
import { countOf, events } from '../engine/witness.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Crowd, CROWD_ID, crowdMigration, SMALL_BATCHES } from '../batched/crowd.ts';

const USERS = 600;

/** Sessions of the runner that wait for a lock. */
const BLOCKED = `
  select xact_start from pg_stat_activity
   where datname = current_database() and application_name like 'hygiene %'
     and application_name <> 'hygiene test' and wait_event_type = 'Lock'`;

/** The test's own statement about the first user waits. */
const WAITING_TEST = `exists (
  select from pg_stat_activity
   where datname = current_database() and application_name = 'hygiene test'
     and wait_event_type = 'Lock' and query like '%where id = 1')`;

describe('batches beside other sessions', () => {
  let database: TestDatabase;
  let crowd: Crowd;

  beforeEach(async () => {
    database = await freshDatabase();
    crowd = await Crowd.gathered(database, USERS);
  });

  /**
   * Resolves when a session of the runner waits for a lock.
   * @param since in a transaction that began after this one; the time is returned
   */
  async function untilBlocked(since = '-infinity'): Promise<string> {
    await untilTrue(database, `exists (${BLOCKED} and xact_start > '${since}')`);
    const [blocked] = await database.query<{ at: string }>(
      `select max(xact_start)::text as at from (${BLOCKED}) as blocked`,
    );
    return blocked?.at ?? since;
  }

  async function holding(statement: string): Promise<Client> {
    const client = await database.connect();
    await client.query('begin');
    await client.query(statement);
    return client;
  }

  test('a busy row is tried again until it is free', async () => {
    const client = await holding(
      "select from users where email = 'demo301@example.com' for update",
    );
    const running = crowd.up({ rowLockTimeoutMs: 50 });
    // The try that waits ends by its time-out, and another comes.
    await untilBlocked(await untilBlocked());
    await client.query('rollback');
    const { batches } = evidenceOf(await running);
    expect(batches?.retries).toBeGreaterThan(0);
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'applied']);
  });

  test('a deadlock costs the batch, not the migration', async () => {
    // Of two sessions that wait for each other the one that looks last is cancelled: the runner.
    await database.execute(`
      do $$ begin execute format('alter database %I set deadlock_timeout = ''10ms''', current_database()); end $$;`);
    const gate = await Gate.closed(database);
    await database.execute(`
      create trigger at_gate before delete on sessions for each statement execute function wait_at_gate()`);
    const client = await holding('update sessions set user_id = user_id where user_id = 1');
    await client.query("set local deadlock_timeout = '1h'");
    const running = crowd.up();
    await gate.untilReached();
    // The batch holds the user and will want the session that the client holds.
    const crosswise = client.query('update users set email = email where id = 1');
    await untilTrue(database, WAITING_TEST);
    await gate.open();
    await crosswise;
    await client.query('commit');
    const evidence = evidenceOf(await running);
    expect(evidence.batches?.retries).toBeGreaterThan(0);
    const [seen] = await database.query<{ deadlocks: number }>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
    expect(seen?.deadlocks).toBeGreaterThan(0);
    await crowd.expectWhole();
  });

  test('a statement that takes too long halves the batch', async () => {
    await database.execute(`
      create function slow() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.02); return null; end $$;
      create trigger slow after delete on users for each row
        when (old.id <= 120) execute function slow();`);
    const evidence = evidenceOf(
      await crowd.up({ batches: { firstSize: 200, targetMs: 200, statementTimeoutMs: 1_000 } }),
    );
    expect(evidence.batches?.halvings).toBeGreaterThan(0);
    await crowd.expectWhole();
  });

  test('one row that takes too long fails the run, with what is done kept', async () => {
    await database.execute(`
      create function slow() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.5); return null; end $$;
      create trigger slow after delete on users for each row
        when (old.email = 'demo401@example.com') execute function slow();`);
    const { error } = await crowd.up({
      batches: { firstSize: 8, targetMs: 1, statementTimeoutMs: 100 },
    });
    expect(error?.code).toBe('HYG_RUN_TIMEOUT');
    expect(error?.hint).toContain('--batch-timeout');
    expect(error?.hint).toContain('stay done');
    await crowd.expectWhole();
    expect(await crowd.rowsDone()).toBeGreaterThan(0);
    await database.execute('drop trigger slow on users');
    expect((await crowd.up()).error).toBeNull();
    await crowd.expectWhole();
    expect(await events(database)).toEqual([
      'started',
      'failed HYG_RUN_TIMEOUT',
      'started',
      'applied',
    ]);
  });

  test('two runs at once: one works, the other waits and finds it done', async () => {
    const reports = await Promise.all([crowd.up(), crowd.up()]);
    expect(reports.map(({ error }) => error)).toEqual([null, null]);
    const kinds = reports.map(({ results }) => results[0]?.outcome.kind);
    expect(kinds.sort()).toEqual(['applied', 'done elsewhere']);
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'applied']);
  });

  test('a run that finds another one alive gives up after its time with exit 6', async () => {
    const client = await holding(
      "select from users where email = 'demo301@example.com' for update",
    );
    const running = crowd.up();
    await untilBlocked();
    const { error } = await crowd.up({ runLockTimeoutMs: 300 });
    expect(error?.code).toBe('HYG_LOCK_HELD');
    expect(error?.exitCode).toBe(6);
    expect(error?.message).toMatch(/pid \d+/);
    await client.query('rollback');
    expect((await running).error).toBeNull();
    expect(await events(database)).toEqual(['started', 'applied']);
  });

  test('rows that come after the rows were listed stay, and verify tells; the next run takes them', async () => {
    const client = await holding(
      "select from users where email = 'demo301@example.com' for update",
    );
    const running = crowd.up();
    await untilBlocked();
    await database.execute(
      "insert into users (email) select 'late' || n || '@example.com' from generate_series(1, 3) n",
    );
    // Of a doomed user that is still there: it goes with its parent.
    await database.execute(
      "insert into sessions (user_id) select id from users where email = 'demo599@example.com'",
    );
    await client.query('rollback');
    const { error } = await running;
    expect(error?.code).toBe('HYG_VERIFY_FAILED');
    expect(error?.exitCode).toBe(4);
    expect(error?.hint).toContain('3 rows match now that were not listed');
    expect(await countOf(database, "users where email like '%@example.com'")).toBe(3);
    expect(
      await countOf(
        database,
        'sessions s where not exists (select from users where id = s.user_id)',
      ),
    ).toBe(0);
    const evidence = evidenceOf(await crowd.up());
    expect(evidence.tables.find(({ table }) => table === 'users')?.removed).toBe(USERS * 0.9 + 3);
    expect(await events(database)).toEqual([
      'started',
      'failed HYG_VERIFY_FAILED',
      'started',
      'applied',
    ]);
  });

  test('a row that does not match any more is kept, and counted', async () => {
    const client = await holding(
      "select from users where email = 'demo301@example.com' for update",
    );
    const running = crowd.up();
    await untilBlocked();
    await database.execute(
      "update users set email = 'saved@corp.io' where email = 'demo599@example.com'",
    );
    await client.query('rollback');
    const evidence = evidenceOf(await running);
    expect(evidence.batches?.kept).toBe(1);
    expect(evidence.remarks.join()).toContain('1 listed row');
    expect(await countOf(database, "users where email = 'saved@corp.io'")).toBe(1);
    await crowd.expectWhole();
  });

  test('a session that waits for a batch makes the next one smaller, and later', async () => {
    const gate = await Gate.closed(database);
    await database.execute(`
      create trigger at_gate before delete on sessions for each statement execute function wait_at_gate()`);
    const running = crowd.up({ batches: { firstSize: 100, targetMs: 60_000 } });
    await gate.untilReached();
    const client = await database.connect();
    const waiting = client.query('update users set email = email where id = 1');
    await untilTrue(database, WAITING_TEST);
    await gate.open();
    await waiting;
    const { batches } = evidenceOf(await running);
    expect(batches?.halvings).toBe(1);
    expect(batches?.waitedMs['blocking']).toBeGreaterThan(0);
    await crowd.expectWhole();
  });

  test('a connection that the server ends is made again', async () => {
    const running = crowd.up();
    await crowd.untilDone(100);
    await database.execute(`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'hygiene %'
         and application_name <> 'hygiene test'`);
    evidenceOf(await running);
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'applied']);
  });

  /** The first COMMIT of a run is that of its claim, the second that of its list. */
  const IN_THE_MIDDLE = 4;

  async function upThroughRelay(
    breakPoint: BreakPoint,
    { spared, batches }: { readonly spared: number; readonly batches: object },
  ): ReturnType<Workbench['up']> {
    const relay = await breakingRelay(database.url, breakPoint, spared);
    const through = new Workbench(relay.url).write(`${CROWD_ID}.ts`, crowdMigration);
    const report = await through.up({ batches });
    await relay.close();
    return report;
  }

  test.each(['before commit', 'after commit'] as const)(
    'a connection that breaks %s of a batch loses and doubles nothing',
    async (breakPoint: BreakPoint) => {
      const report = await upThroughRelay(breakPoint, {
        spared: IN_THE_MIDDLE,
        batches: SMALL_BATCHES,
      });
      evidenceOf(report);
      await crowd.expectWhole();
      expect(await countOf(database, "users where email like '%@example.com'")).toBe(0);
      expect(await events(database)).toEqual(['started', 'applied']);
    },
  );

  test.each([
    ['before commit', 'applied'],
    ['after commit', 'applied unseen'],
  ] as const)('a connection that breaks %s of the end is told by the ledger', async (at, kind) => {
    // One batch takes all, so the fourth COMMIT is the last.
    const report = await upThroughRelay(at, { spared: 3, batches: { firstSize: 1_000 } });
    expect(report.error).toBeNull();
    expect(report.results[0]?.outcome.kind).toBe(kind);
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'applied']);
  });
});
