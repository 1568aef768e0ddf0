import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { inCluster } from '../planner/cluster.ts';

/** Rows to a page of a table that was never analyzed; PostgreSQL guesses in the same order. */
const ROWS_PER_PAGE = 60;

/** Counts rows, all tables in one statement; those of a cluster one by one, each on all nodes at once. */
export async function countAll(
  connection: Connection,
  tables: readonly Table[],
): Promise<ReadonlyMap<Table, number>> {
  const here = tables.filter(({ citus }) => citus === null);
  const counts = new Map(await countHere(connection, here));
  for (const table of inCluster(tables)) {
    counts.set(table, await countFrom(connection, sql`${table.name}`));
  }
  return counts;
}

/** @param from a table, with a condition where it is not about all of its rows */
export async function countFrom(connection: Connection, from: Sql): Promise<number> {
  const statement = sql`select count(*)::float8 as rows from ${from}`;
  return (await queryOne<{ rows: number }>(connection, statement)).rows;
}

/** A row for each table, not a column: PostgreSQL then counts several tables at a time. */
async function countHere(
  connection: Connection,
  tables: readonly Table[],
): Promise<ReadonlyMap<Table, number>> {
  if (tables.length === 0) return new Map();
  const counts = tables.map(
    ({ name }, at) =>
      sql`select ${rawSql(String(at))} as at, count(*)::float8 as rows from ${name}`,
  );
  const { rows } = await connection.query<{ at: number; rows: number }>(
    joinSql(counts, '\nunion all\n'),
  );
  const counted = new Map(rows.map((each) => [each.at, each.rows]));
  return new Map(tables.map((table, at) => [table, counted.get(at) ?? 0]));
}

/**
 * Rows by the size of the table now and the density when it was last analyzed, as PostgreSQL's own
 * planner does it: statistics alone may be older than the data. Partitions are added up. Of a table of a
 * cluster nothing is here that could be measured, so it is counted.
 */
export async function estimateAll(
  connection: Connection,
  tables: readonly Table[],
): Promise<ReadonlyMap<Table, number>> {
  const here = tables.filter(({ citus }) => citus === null);
  const estimates = await estimateHere(connection, here);
  return new Map([...estimates, ...(await countAll(connection, inCluster(tables)))]);
}

async function estimateHere(
  connection: Connection,
  tables: readonly Table[],
): Promise<ReadonlyMap<Table, number>> {
  if (tables.length === 0) return new Map();
  const { rows } = await connection.query<{ oid: number; rows: number }>(sql`
    with part as (
      select t.oid as table_oid, coalesce(p.relid, t.oid) as oid
        from unnest(${tables.map(({ oid }) => oid)}::bigint[]::oid[]) as t (oid)
        left join lateral pg_partition_tree(t.oid) as p on p.isleaf
    )
    select part.table_oid::int8 as oid,
           sum(pg_relation_size(c.oid) / current_setting('block_size')::float8
               * case when c.reltuples >= 0 and c.relpages > 0
                      then c.reltuples / c.relpages
                      else ${ROWS_PER_PAGE}::float8 end)::float8 as rows
      from part
      join pg_class c on c.oid = part.oid
     group by part.table_oid
  `);
  const byOid = new Map(rows.map((each) => [each.oid, each.rows]));
  return new Map(tables.map((table) => [table, Math.round(byOid.get(table.oid) ?? 0)]));
}
