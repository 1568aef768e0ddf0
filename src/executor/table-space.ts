import { type Connection, queryOne } from '../database/connection.ts';
import { rawSql, sql } from '../kernel/sql.ts';

/** Where autovacuum is switched off: for the table or a partition of it, or for all; null where it is on. */
export type AutovacuumOff = 'table' | 'server' | null;

/** A table that has lost rows, as the catalog knows it: no lock is waited for to read it. */
export interface TouchedTable {
  /** As it was asked for. */
  readonly table: string;
  /** Quoted for SQL. */
  readonly quoted: string;
  /** By the statistics. */
  readonly liveRows: number;
  readonly autovacuumOff: AutovacuumOff;
  readonly mayAnalyze: boolean;
  /** The table itself, or its partitions that hold rows, by oid. */
  readonly leaves: readonly number[];
}

/** What a table takes on disk; a partitioned one with all its partitions. */
export interface TableSpace {
  /** By the statistics. */
  readonly liveRows: number;
  /** With TOAST, without indexes. */
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** Whoever still sees rows that were removed: until it ends, no VACUUM can free their space. */
export interface VacuumBlocker {
  readonly kind: 'session' | 'prepared transaction' | 'replication slot';
  /** A process id, a global transaction id, or the name of a slot. */
  readonly name: string;
  /** Such as `psql as admin, idle in transaction`; null where there is nothing to say, or no right to see it. */
  readonly about: string | null;
  /** Seconds since it began; null where nobody says. */
  readonly ageSeconds: number | null;
}

const LIVE_ROWS = rawSql(
  'case when c.reltuples >= 0 then c.reltuples else pg_stat_get_live_tuples(c.oid) end',
);

/**
 * @param tables as people write them; without a schema they are in `public`
 * @returns those that are still there
 */
export async function readTouchedTables(
  connection: Connection,
  tables: readonly string[],
): Promise<readonly TouchedTable[]> {
  const { rows } = await connection.query<TouchedTable>(sql`
    with recursive written as (
      select name, parse_ident(name) as parts from unnest(${tables}::text[]) as given (name)
    ),
    root as (
      select written.name, c.oid, c.relowner
        from written
        join pg_namespace n
          on n.nspname = case cardinality(parts) when 1 then 'public' else parts[1] end
        join pg_class c on c.relnamespace = n.oid and c.relname = parts[cardinality(parts)]
       where c.relkind in ('r', 'p')
    ),
    tree as (
      select oid as root, oid from root
      union all
      select tree.root, i.inhrelid
        from tree
        join pg_inherits i on i.inhparent = tree.oid
        join pg_class c on c.oid = i.inhrelid and c.relispartition
    ),
    leaf as (
      select tree.root, c.oid, c.reloptions, ${LIVE_ROWS} as live
        from tree
        join pg_class c on c.oid = tree.oid and c.relkind = 'r'
    )
    select root.name as table,
           root.oid::regclass::text as quoted,
           coalesce(sum(leaf.live), 0)::float8 as "liveRows",
           case when bool_or(exists (
                       select from pg_options_to_table(leaf.reloptions) as option
                        where option.option_name = 'autovacuum_enabled'
                          and not option.option_value::boolean)) then 'table'
                when current_setting('autovacuum') = 'off' then 'server'
           end as "autovacuumOff",
           pg_has_role(root.relowner, 'usage')
             or pg_has_role((select datdba from pg_database where datname = current_database()), 'usage')
             or case when current_setting('server_version_num')::int >= 170000
                     then has_table_privilege(root.oid, 'maintain') else false end as "mayAnalyze",
           coalesce(json_agg(leaf.oid::int8) filter (where leaf.oid is not null), '[]') as leaves
      from root
      left join leaf on leaf.root = root.oid
     group by root.name, root.oid, root.relowner
  `);
  return rows;
}

export function readTableSpace(
  connection: Connection,
  { leaves }: Pick<TouchedTable, 'leaves'>,
): Promise<TableSpace> {
  return queryOne<TableSpace>(
    connection,
    sql`
    select coalesce(sum(${LIVE_ROWS}), 0)::float8 as "liveRows",
           coalesce(sum(pg_table_size(c.oid)), 0)::float8 as "tableBytes",
           coalesce(sum(pg_indexes_size(c.oid)), 0)::float8 as "indexBytes"
      from pg_class c
     where c.oid = any (${leaves}::bigint[]::oid[])
  `,
  );
}

/** @param touched as it was read; its name is quoted by the server */
export async function analyzeTable(
  connection: Connection,
  { quoted }: Pick<TouchedTable, 'quoted'>,
): Promise<void> {
  await connection.query(rawSql(`analyze ${quoted}`));
}

/**
 * Who held a snapshot from before a transaction when that committed, and holds it still. Sessions that
 * began while the transaction ran are left out: they are the application at work.
 * @param witness a row that the transaction wrote, as a condition over its table
 */
export async function readVacuumBlockers(
  connection: Connection,
  witness: { readonly table: string; readonly seq: number; readonly durationMs: number },
): Promise<readonly VacuumBlocker[]> {
  const { age } = await queryOne<{ age: number }>(
    connection,
    sql`select age(xmin)::float8 as age from ${rawSql(witness.table)} where seq = ${witness.seq}`,
  );
  const { rows } = await connection.query<VacuumBlocker>(sql`
    select 'session' as kind,
           pid::text as name,
           nullif(concat_ws(', ', nullif(application_name, ''), usename, state), '') as about,
           extract(epoch from clock_timestamp() - xact_start)::float8 as "ageSeconds"
      from pg_stat_activity
     where pid <> pg_backend_pid()
       and (datname = current_database() or datname is null)
       and backend_type is distinct from 'autovacuum worker'
       and greatest(age(backend_xid), age(backend_xmin)) >= ${age}
       and coalesce(xact_start < clock_timestamp() - make_interval(secs => ${witness.durationMs / 1000}), true)
    union all
    select 'prepared transaction', gid, owner::text,
           extract(epoch from clock_timestamp() - prepared)::float8
      from pg_prepared_xacts
     where database = current_database() and age(transaction) >= ${age}
    union all
    select 'replication slot', slot_name::text,
           case when active then 'active' else 'nobody reads it' end,
           null
      from pg_replication_slots
     where age(xmin) >= ${age}
     order by "ageSeconds" desc nulls last
  `);
  return rows;
}
