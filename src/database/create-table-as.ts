import { type Sql, sql } from '../kernel/sql.ts';
import { type Connection, queryOne } from './connection.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';

export interface NewTable {
  readonly name: QualifiedName;
  /** True: gone with the transaction. */
  readonly temporary: boolean;
}

/** Makes a table of what a query returns. @returns how many rows it has */
export async function createTableAs(
  connection: Connection,
  { name, temporary }: NewTable,
  query: Sql,
): Promise<number> {
  const { rowCount } = await connection.query(
    temporary
      ? sql`create temp table ${name} on commit drop as ${query}`
      : sql`create table ${name} as ${query}`,
  );
  // The embedded database does not say how many it has copied.
  if (rowCount > 0) return rowCount;
  const { rows } = await queryOne<{ rows: number }>(
    connection,
    sql`select count(*)::float8 as rows from ${name}`,
  );
  return rows;
}
