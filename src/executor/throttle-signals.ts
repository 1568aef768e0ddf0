import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import type { ThrottleSignals } from '../policy/throttle.ts';

interface SignalRow {
  readonly lag_ms: number | null;
  readonly hidden_replicas: number;
  readonly archives: boolean;
  readonly current_wal: string | null;
  readonly archived_wal: string | null;
  readonly archiver_fails: boolean;
  readonly segment_bytes: number;
  readonly transactions: number;
  readonly vacuumed: readonly string[];
  readonly hidden_vacuums: number;
}

/** Reads what the server says about itself, in one statement; a role without pg_monitor sees less. */
export async function readSignals(
  connection: Connection,
  tables: readonly Table[],
): Promise<ThrottleSignals> {
  const row = await queryOne<SignalRow>(
    connection,
    sql`
    select
      (select (extract(epoch from max(replay_lag)) * 1000)::float8 from pg_stat_replication) as lag_ms,
      (select count(*)::int from pg_stat_replication where state is null) as hidden_replicas,
      current_setting('archive_mode') <> 'off' as archives,
      case when not pg_is_in_recovery() then pg_walfile_name(pg_current_wal_lsn()) end as current_wal,
      a.last_archived_wal as archived_wal,
      coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as archiver_fails,
      pg_size_bytes(current_setting('wal_segment_size'))::float8 as segment_bytes,
      (select (xact_commit + xact_rollback)::float8 from pg_stat_database
        where datname = current_database()) as transactions,
      array(select v.relid::regclass::text
              from pg_stat_progress_vacuum as v
             where v.datname = current_database()
               and v.relid = any (${tables.map(({ oid }) => oid)}::oid[])) as vacuumed,
      (select count(*)::int from pg_stat_progress_vacuum as v
        where v.datname = current_database() and v.relid is null) as hidden_vacuums
      from pg_stat_archiver as a
  `,
  );
  return {
    replicaLagMs: row.lag_ms,
    unarchivedFiles: row.archives ? filesBetween(row) : null,
    archiverFails: row.archives && row.archiver_fails,
    transactions: row.transactions,
    vacuumed: row.vacuumed,
    hidden: [
      ...(row.hidden_replicas > 0 ? ['replica lag'] : []),
      ...(row.hidden_vacuums > 0 ? ['autovacuum'] : []),
    ],
  };
}

/** Names of WAL files count up in two halves: which 4 GB, and which file of them. */
function filesBetween({ current_wal, archived_wal, segment_bytes }: SignalRow): number | null {
  const now = fileNumber(current_wal, segment_bytes);
  const archived = fileNumber(archived_wal, segment_bytes);
  return now === null || archived === null ? null : Math.max(0, now - archived - 1);
}

function fileNumber(name: string | null, segmentBytes: number): number | null {
  const [, high, low] = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})/.exec(name ?? '') ?? [];
  if (high === undefined || low === undefined) return null;
  return Number.parseInt(high, 16) * (2 ** 32 / segmentBytes) + Number.parseInt(low, 16);
}

/** How many sessions wait for a lock that this transaction holds. */
export async function countBlocked(connection: Connection): Promise<number> {
  const { blocked } = await queryOne<{ blocked: number }>(
    connection,
    sql`
    select count(distinct l.pid)::int as blocked
      from pg_locks as l
     where not l.granted
       and pg_backend_pid() = any (pg_blocking_pids(l.pid))
  `,
  );
  return blocked;
}
