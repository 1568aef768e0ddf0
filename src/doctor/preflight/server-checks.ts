import { statfs } from 'node:fs/promises';

import type { Table } from '../../catalog/model.ts';
import { type Connection, queryOne } from '../../database/connection.ts';
import { counted } from '../../kernel/counts.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import { sql } from '../../kernel/sql.ts';
import { ledgerTable, type LedgerNames } from '../../ledger/names.ts';
import { type Check, ok, problem, unknown, warn } from './check.ts';

const OLDEST = 14;
const NEWEST = 18;
const LONG_MINUTES = 5;

export async function serverVersion(connection: Connection): Promise<Check> {
  const { version } = await queryOne<{ version: string }>(
    connection,
    sql`select current_setting('server_version') as version`,
  );
  const major = Number.parseInt(version, 10);
  if (major < OLDEST) {
    return problem(
      'server version',
      `PostgreSQL ${version} is too old: ${OLDEST} is the oldest that works.`,
    );
  }
  if (major > NEWEST) {
    return warn(
      'server version',
      `PostgreSQL ${version} is newer than what was tested (${OLDEST} to ${NEWEST}).`,
    );
  }
  return ok('server version', `PostgreSQL ${version}`);
}

export async function statistics(connection: Connection): Promise<Check> {
  const { counts, replication } = await queryOne<{ counts: string; replication: string }>(
    connection,
    sql`
      select current_setting('track_counts') as counts,
             current_setting('session_replication_role') as replication
    `,
  );
  if (counts !== 'on') {
    const words =
      'track_counts is off: nothing would prove that a run inserted nothing, so it is refused.';
    return problem(
      'statistics',
      words,
      'alter system set track_counts = on; select pg_reload_conf();',
    );
  }
  if (replication !== 'origin') {
    const words = `session_replication_role is ${replication}: triggers and foreign keys would not fire, so a run is refused.`;
    return problem('statistics', words, 'Take the setting from the role, the database or the URL.');
  }
  return ok('statistics', 'track_counts is on, session_replication_role is origin.');
}

export async function longTransactions(
  connection: Connection,
  minutesMax = LONG_MINUTES,
): Promise<Check> {
  const { rows } = await connection.query<{
    pid: number;
    who: string;
    minutes: number;
    hidden: boolean;
  }>(sql`
    select pid,
           concat_ws(', ', nullif(application_name, ''), usename, state) as who,
           (extract(epoch from clock_timestamp() - xact_start) / 60)::float8 as minutes,
           backend_type is null as hidden
      from pg_stat_activity
     where datname = current_database()
       and pid <> pg_backend_pid()
       and (xact_start < clock_timestamp() - make_interval(mins => ${minutesMax}) or backend_type is null)
     order by xact_start nulls last
  `);
  const seen = rows.filter(({ hidden }) => !hidden);
  if (seen.length > 0) {
    return warn(
      'long transactions',
      `${counted(seen.length, 'transaction')} open for more than ${minutesMax} minutes: it may hold locks, and keeps VACUUM from freeing space.`,
      ...seen
        .slice(0, 5)
        .map(
          ({ pid, who, minutes }) =>
            `process ${pid} (${who}), ${Math.round(minutes)} min: select pg_terminate_backend(${pid});`,
        ),
    );
  }
  return rows.length > 0
    ? unknown(
        'long transactions',
        'Sessions of other roles are hidden from this one.',
        'grant pg_monitor to the role.',
      )
    : ok('long transactions', `None is open for more than ${minutesMax} minutes.`);
}

export async function preparedTransactions(connection: Connection): Promise<Check> {
  const { rows } = await connection.query<{ gid: string; line: string }>(sql`
    select gid, format('rollback prepared %L;', gid) as line
      from pg_prepared_xacts
     where database = current_database()
     order by prepared
  `);
  if (rows.length === 0) return ok('prepared transactions', 'There are none.');
  return warn(
    'prepared transactions',
    `${counted(rows.length, 'prepared transaction')} without an end: its locks stay until somebody ends it.`,
    ...rows.slice(0, 5).map(({ line }) => `${line}   -- or commit prepared`),
  );
}

export async function materializedViews(
  connection: Connection,
  tables: readonly Table[],
): Promise<Check> {
  const { rows } = await connection.query<{ schema: string; name: string }>(sql`
    with recursive source (oid) as (
      select unnest(${tables.map(({ oid }) => oid)}::bigint[]::oid[])
      union
      select r.ev_class
        from source s
        join pg_depend d on d.refclassid = 'pg_class'::regclass
                        and d.refobjid = s.oid
                        and d.classid = 'pg_rewrite'::regclass
        join pg_rewrite r on r.oid = d.objid
    )
    select n.nspname as schema, c.relname as name
      from source s
      join pg_class c on c.oid = s.oid
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'm'
     order by schema, name
  `);
  if (rows.length === 0) return ok('materialized views', 'None shows these tables.');
  const names = rows.map(({ schema, name }) => new QualifiedName(schema, name));
  return warn(
    'materialized views',
    `They go on showing removed rows until they are refreshed: ${names.join(', ')}.`,
    ...names.map((name) => `refresh materialized view ${name.quoted};   -- after the run`),
  );
}

/** Only where the server's own folder is on this machine can anybody see its disk. */
export async function disk(connection: Connection, tables: readonly Table[]): Promise<Check> {
  const { bytes, size } = await queryOne<{ bytes: number; size: string }>(
    connection,
    sql`
      select coalesce(sum(pg_total_relation_size(oid)), 0)::float8 as bytes,
             pg_size_pretty(coalesce(sum(pg_total_relation_size(oid)), 0)) as size
        from unnest(${tables.map(({ oid }) => oid)}::bigint[]::oid[]) as t (oid)
    `,
  );
  const free = await freeBytes(connection);
  const needed = `The tables take ${size}; archive and WAL may take as much again.`;
  if (free === null) {
    return unknown(
      'disk',
      `The server does not tell how much is free. ${needed}`,
      'Look at the free space of the server.',
    );
  }
  const words = `${Math.round(free / 1024 ** 2)} MB free. ${needed}`;
  return free < bytes * 2
    ? warn('disk', words, 'Make room first, or purge in batches.')
    : ok('disk', words);
}

async function freeBytes(connection: Connection): Promise<number | null> {
  const { local } = await queryOne<{ local: boolean }>(
    connection,
    sql`
      select coalesce(inet_server_addr() <<= '127.0.0.0/8'::inet or inet_server_addr() = '::1'::inet, true)
             and pg_has_role('pg_read_all_settings', 'usage') as local
    `,
  );
  if (!local) return null;
  const { folder } = await queryOne<{ folder: string }>(
    connection,
    sql`select current_setting('data_directory') as folder`,
  );
  // A tunnel or a container looks local too; then the folder is not here.
  const facts = await statfs(folder).catch(() => null);
  return facts === null ? null : facts.bavail * facts.bsize;
}

export async function backup(connection: Connection, names: LedgerNames): Promise<Check> {
  const { installed } = await queryOne<{ installed: boolean }>(
    connection,
    sql`select to_regclass(${ledgerTable(names).quoted}) is not null as installed`,
  );
  const remedy = 'Take one that you have restored once, before the run.';
  if (!installed) return warn('backup', 'None recorded: there is no ledger yet.', remedy);
  const { at } = await queryOne<{ at: string | null }>(
    connection,
    sql`
      select to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as at
        from ${ledgerTable(names)}
       where event = 'backup'
    `,
  );
  return at === null
    ? warn('backup', 'None recorded in the ledger.', remedy)
    : ok('backup', `The newest in the ledger is of ${at}.`);
}
