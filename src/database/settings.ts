import { quoteIdentifier } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';
import { type Connection, queryOne } from './connection.ts';
import { hasSqlstate } from './sqlstate.ts';

/** What a transaction of the engine is limited to. Times in milliseconds; 0 means no limit. */
export interface TransactionLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export interface TransactionSettings extends TransactionLimits {
  /** Shown in pg_stat_activity, so that a waiting DBA sees whose lock it is. */
  readonly applicationName: string;
  /** Set for targets whose URL names a schema; null leaves the role's own search_path. */
  readonly searchPath: readonly string[] | null;
}

export const BEGIN = 'begin isolation level read committed';
/** Sees the database as it was at the first statement, whatever others commit meanwhile. */
export const BEGIN_SNAPSHOT = 'begin isolation level repeatable read';

/**
 * The least memory for a sort or a hash, in bytes, where the server grants as much for maintenance, which
 * a run is. Of a large purge the usual 4 MB send most to disk and back.
 */
const WORK_MEMORY = 64 * 1024 * 1024;

/**
 * Puts the settings in force until the end of the transaction. `SET LOCAL` only: behind a
 * transaction pooler anything else would reach other clients. Without standard_conforming_strings
 * a predicate would lose its backslashes and match other rows.
 */
export async function applySettings(
  connection: Connection,
  settings: TransactionSettings,
): Promise<void> {
  await connection.query(sql`
    select set_config('lock_timeout', ${String(settings.lockTimeoutMs)}, true),
           set_config('statement_timeout', ${String(settings.statementTimeoutMs)}, true),
           set_config('idle_in_transaction_session_timeout', '0', true),
           set_config('row_security', 'off', true),
           set_config('standard_conforming_strings', 'on', true),
           set_config('work_mem',
                      greatest(pg_size_bytes(current_setting('work_mem')),
                               least(pg_size_bytes(current_setting('maintenance_work_mem')),
                                     ${WORK_MEMORY}::bigint)) / 1024 || 'kB',
                      true),
           case when current_setting('server_version_num')::int >= 170000
                then set_config('transaction_timeout', '0', true) end,
           set_config('application_name', ${settings.applicationName.slice(0, 63)}, true)
  `);
  if (settings.searchPath !== null) {
    const path = settings.searchPath.map(quoteIdentifier).join(', ');
    await connection.query(sql`select set_config('search_path', ${path}, true)`);
  }
  await noticeLostClient(connection);
}

/**
 * Not every platform has it. A refused SET would abort the whole transaction, so it is tried inside a
 * savepoint; in one message, since every transaction begins with it.
 */
async function noticeLostClient(connection: Connection): Promise<void> {
  try {
    await connection.script(`
      savepoint hygiene_setting;
      set local client_connection_check_interval = '500ms';
      release savepoint hygiene_setting`);
  } catch (error) {
    if (!hasSqlstate(error, '22023', '42704', '0A000', '42501')) throw error;
    await connection.script(`
      rollback to savepoint hygiene_setting;
      release savepoint hygiene_setting`);
  }
}

/** Such as `UTF8`: what the characters of the database are, whatever the client's are. */
export async function serverEncoding(connection: Connection): Promise<string> {
  const { encoding } = await queryOne<{ encoding: string }>(
    connection,
    sql`select current_setting('server_encoding') as encoding`,
  );
  return encoding;
}

export interface WatchedSettings {
  readonly trackCounts: boolean;
  readonly replicationRole: string;
}

/** The two settings that could hide changes: counters switched off, triggers switched off. */
export async function watchedSettings(connection: Connection): Promise<WatchedSettings> {
  const row = await queryOne<{ counts: string; role: string }>(
    connection,
    sql`select current_setting('track_counts') as counts,
               current_setting('session_replication_role') as role`,
  );
  return { trackCounts: row.counts === 'on', replicationRole: row.role };
}
