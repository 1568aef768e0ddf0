import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { beginLocked } from '../../src/database/run-lock.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { type Clock, systemClock } from '../../src/kernel/ports.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';
import { lockOf, openConnection } from './open-connection.ts';

const database = useDatabase();

describe('the run lock', () => {
  let first: Connection;
  let second: Connection;

  beforeAll(async () => {
    first = await openConnection(database.url);
    second = await openConnection(database.url);
  });

  afterEach(async () => {
    await first.query(rawSql('rollback'));
    await second.query(rawSql('rollback'));
  });

  async function lockError(lock: ReturnType<typeof lockOf>): Promise<HygieneError> {
    return beginLocked(second, lock).then(
      () => Promise.reject(new Error('the lock was free')),
      (error: unknown) => error as HygieneError,
    );
  }

  test('is held by one transaction, which reads what was committed last', async () => {
    await beginLocked(first, lockOf());
    expect(await first.transactionStatus()).toBe('open');
    const { rows } = await first.query(
      sql`select current_setting('transaction_isolation') as level`,
    );
    expect(rows).toEqual([{ level: 'read committed' }]);
  });

  test('that is held is told with its holder, ends with exit 6 and leaves no transaction', async () => {
    await beginLocked(first, lockOf());
    await first.query(sql`select set_config('application_name', 'hygiene run-7', true)`);
    const { rows } = await first.query<{ pid: number; role: string }>(
      sql`select pg_backend_pid() as pid, current_user::text as role`,
    );
    const error = await lockError(lockOf());
    expect(error).toBeInstanceOf(HygieneError);
    expect(error).toMatchObject({
      code: 'HYG_LOCK_HELD',
      exitCode: 6,
      details: { holder: rows[0] },
    });
    expect(error.message).toMatch(/^Another run held the lock for 0 s: pid \d+, role \S+, from /);
    expect(error.message).toContain(`pid ${String(rows[0]?.pid)}, `);
    expect(error.message).toContain('as "hygiene run-7", since 20');
    expect(error.hint).toContain('--lock-timeout SECONDS');
    expect(await second.transactionStatus()).toBe('idle');
  });

  test('is free again when its transaction ends, however it ends', async () => {
    await beginLocked(first, lockOf());
    await first.query(rawSql('commit'));
    await beginLocked(second, lockOf());
    await second.query(rawSql('rollback'));
    await beginLocked(first, lockOf());
    expect(await first.transactionStatus()).toBe('open');
  });

  test('is free again when its session is killed', async () => {
    const doomed = await openConnection(database.url);
    await beginLocked(doomed, lockOf());
    const { rows } = await doomed.query<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await database.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await beginLocked(second, lockOf());
    expect(await second.transactionStatus()).toBe('open');
    await expect(doomed.query(sql`select 1`)).rejects.toThrow();
    expect(doomed.isLost()).toBe(true);
  });

  test('is tried again until it is free', async () => {
    await beginLocked(first, lockOf());
    let sleeps = 0;
    // What the holder does while the other one waits: nothing, nothing, and then it ends.
    const meanwhile = ['select 1', 'select 2', 'commit'];
    const clock: Clock = {
      ...systemClock,
      sleep: async () => {
        await first.query(rawSql(String(meanwhile[sleeps])));
        sleeps += 1;
      },
    };
    await beginLocked(second, lockOf({ timeoutMs: 60_000, clock }));
    expect(sleeps).toBe(3);
    expect(await second.transactionStatus()).toBe('open');
  });

  test('is given up when the time is over, by the clock that never goes back', async () => {
    await beginLocked(first, lockOf());
    let time = 1_000;
    const clock: Clock = {
      ...systemClock,
      monotonicMs: () => time,
      sleep: (ms) => {
        expect(ms).toBeGreaterThanOrEqual(50);
        expect(ms).toBeLessThanOrEqual(150);
        time += 1_000;
        return Promise.resolve();
      },
    };
    const error = await lockError(lockOf({ timeoutMs: 3_000, clock }));
    expect(error.message).toContain('held the lock for 3 s');
    expect(time).toBe(4_000);
  });

  test('is not waited for any longer when the signal aborts, and no transaction stays', async () => {
    await beginLocked(first, lockOf());
    const controller = new AbortController();
    const reason = new HygieneError('HYG_RUN_CANCELLED', { message: 'SIGTERM' });
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        controller.abort(reason);
        return systemClock.sleep(ms, signal);
      },
    };
    const waiting = beginLocked(
      second,
      lockOf({ timeoutMs: 600_000, clock, signal: controller.signal }),
    );
    await expect(waiting).rejects.toBe(reason);
    expect(await second.transactionStatus()).toBe('idle');
  });

  test('of one ledger does not hold up another ledger of the same database', async () => {
    await beginLocked(first, lockOf());
    await beginLocked(second, lockOf({ key: '"other"."ledger"' }));
    expect(await second.transactionStatus()).toBe('open');
  });

  test('can follow the end of a transaction in one message', async () => {
    await first.script('begin; create table kept (a int)');
    await beginLocked(first, lockOf(), 'commit');
    expect(await second.query(sql`select from kept`)).toEqual({ rows: [], rowCount: 0 });
    expect((await lockError(lockOf())).code).toBe('HYG_LOCK_HELD');
  });

  test('ends the transaction before it only once, however often it is tried', async () => {
    await beginLocked(first, lockOf());
    await second.script('begin; create table kept_once (a int)');
    const clock: Clock = {
      ...systemClock,
      sleep: async () => {
        await first.query(rawSql('commit'));
      },
    };
    await beginLocked(second, lockOf({ timeoutMs: 60_000, clock }), 'commit');
    expect(await first.query(sql`select from kept_once`)).toEqual({ rows: [], rowCount: 0 });
  });

  test('has a key that may hold quotes', async () => {
    const key = `"o'brien\\"."ledger"`;
    await beginLocked(first, lockOf({ key }));
    expect((await lockError(lockOf({ key }))).message).toContain('pid ');
  });
});
