import type { Catalog, Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { joinSql, sql } from '../kernel/sql.ts';
import { inCluster } from '../planner/cluster.ts';

/** A table of the application that holds a row, the first by name but for those of a cluster; null: the database is new. */
export async function firstFilledTable(
  connection: Connection,
  catalog: Catalog,
): Promise<string | null> {
  const tables = [...catalog.tables.values()].filter(
    ({ kind, partitionOf, privileges }) =>
      (kind === 'table' || kind === 'partitioned') && partitionOf === null && privileges.select,
  );
  const here = await firstFilledHere(
    connection,
    tables.filter(({ citus }) => citus === null),
  );
  if (here !== null) return here;
  for (const { name } of inCluster(tables)) {
    const { rows } = await connection.query(sql`select 1 as one from ${name} limit 1`);
    if (rows.length > 0) return name.toString();
  }
  return null;
}

async function firstFilledHere(
  connection: Connection,
  tables: readonly Table[],
): Promise<string | null> {
  if (tables.length === 0) return null;
  const filled = joinSql(
    tables.map(
      ({ name }) => sql`select ${name.toString()}::text as name where exists (select from ${name})`,
    ),
    ' union all ',
  );
  const { first } = await queryOne<{ first: string | null }>(
    connection,
    sql`select min(name) as first from (${filled}) as filled`,
  );
  return first;
}
