import type { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { type Connection, queryOne } from './connection.ts';

/** Makes a table of what a query returns. @returns how many rows it has */
export function createTableAs(
  connection: Connection,
  name: QualifiedName,
  query: Sql,
): Promise<number> {
  return create(connection, name, sql`create table ${name} as ${query}`);
}

/** The same, not written to the log: for a table that is dropped by the transaction that made it. */
export function createUnloggedTable(
  connection: Connection,
  name: QualifiedName,
  query: Sql,
): Promise<number> {
  return create(connection, name, sql`create unlogged table ${name} as ${query}`);
}

/** The same, gone with the transaction. */
export function createTemporaryTable(
  connection: Connection,
  name: QualifiedName,
  query: Sql,
): Promise<number> {
  return create(connection, name, sql`create temp table ${name} on commit drop as ${query}`);
}

async function create(
  connection: Connection,
  name: QualifiedName,
  statement: Sql,
): Promise<number> {
  const { rowCount } = await connection.query(statement);
  // The embedded database does not say how many it has copied.
  if (rowCount > 0) return rowCount;
  const { rows } = await queryOne<{ rows: number }>(
    connection,
    sql`select count(*)::float8 as rows from ${name}`,
  );
  return rows;
}
