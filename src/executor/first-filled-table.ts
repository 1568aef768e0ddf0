import type { Catalog } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { joinSql, sql } from '../kernel/sql.ts';

/** The first table of the application, by name, that holds a row; null: the database is new. */
export async function firstFilledTable(
  connection: Connection,
  catalog: Catalog,
): Promise<string | null> {
  const tables = [...catalog.tables.values()].filter(
    ({ kind, partitionOf, privileges }) =>
      (kind === 'table' || kind === 'partitioned') && partitionOf === null && privileges.select,
  );
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
