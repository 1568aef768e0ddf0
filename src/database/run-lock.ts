import { HygieneError } from '../kernel/errors.ts';
import { quoteLiteral } from '../kernel/identifiers.ts';
import type { Clock, Random } from '../kernel/ports.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { Connection } from './connection.ts';
import { BEGIN } from './settings.ts';

const POLL_MS = 100;

export interface RunLock {
  /** Distinguishes ledgers of one database; PostgreSQL keeps advisory locks per database. */
  readonly key: string;
  /** How long to try, in milliseconds; 0 tries once. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Begins the transaction, where it is not to be READ COMMITTED. */
  readonly begin?: string;
}

/**
 * Begins a transaction that holds the run lock until it ends. Each try is a transaction of its own:
 * a blocking wait would hold a snapshot, and a session lock breaks behind a transaction pooler.
 * @param ending text sent in the same message before the new transaction begins, such as `commit`,
 *   so that hardly any time passes between two transactions of one run.
 * @throws HygieneError HYG_LOCK_HELD, naming the holder
 */
export async function beginLocked(
  connection: Connection,
  lock: RunLock,
  ending = '',
): Promise<void> {
  const giveUpAt = lock.clock.monotonicMs() + lock.timeoutMs;
  const attempt = `${lock.begin ?? BEGIN}; select pg_try_advisory_xact_lock(${lockKeySql(lock.key)}) as locked`;
  let text = ending === '' ? attempt : `${ending}; ${attempt}`;
  for (;;) {
    const results = await connection.script(text);
    if (results.at(-1)?.rows[0]?.['locked'] === true) return;
    const holder = await describeHolder(connection, lock.key);
    await connection.query(rawSql('rollback'));
    if (lock.clock.monotonicMs() >= giveUpAt) throw lockHeld(lock, holder);
    await lock.clock.sleep(POLL_MS * (0.5 + lock.random.next()), lock.signal);
    text = attempt;
  }
}

interface Holder {
  readonly pid: number;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly client_addr: string | null;
  readonly xact_start: Date | null;
}

async function describeHolder(connection: Connection, key: string): Promise<Holder | null> {
  const { rows } = await connection.query<Holder>(sql`
    select l.pid, a.usename, a.application_name, a.client_addr::text, a.xact_start
      from pg_locks l
      left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory'
       and l.granted
       and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and (l.classid::bigint << 32 | l.objid::bigint) = ${rawSql(lockKeySql(key))}
  `);
  return rows[0] ?? null;
}

function lockKeySql(key: string): string {
  return `hashtextextended(${quoteLiteral(`hygiene run ${key}`)}, 0)`;
}

function lockHeld(lock: RunLock, holder: Holder | null): HygieneError {
  const seconds = String(Math.round(lock.timeoutMs / 1000));
  const who =
    holder === null
      ? 'a session that has ended meanwhile'
      : [
          `pid ${String(holder.pid)}`,
          `role ${holder.usename ?? 'unknown'}`,
          holder.client_addr === null ? null : `from ${holder.client_addr}`,
          `as "${holder.application_name ?? ''}"`,
          holder.xact_start === null ? null : `since ${holder.xact_start.toISOString()}`,
        ]
          .filter((part) => part !== null)
          .join(', ');
  return new HygieneError('HYG_LOCK_HELD', {
    message: `Another run held the lock for ${seconds} s: ${who}.`,
    hint: 'Run again when it is done, or wait longer with --lock-timeout SECONDS. Nothing has to be unlocked.',
    details: { holder: holder === null ? null : { pid: holder.pid, role: holder.usename } },
  });
}
