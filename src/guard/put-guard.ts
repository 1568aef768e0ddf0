import { type Connection, queryOne } from '../database/connection.ts';
import { useOneConnectionPerNode } from '../database/dialect/citus.ts';
import { hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { quoteIdentifier } from '../kernel/identifiers.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { Guard } from '../planner/guard.ts';
import { addStatements, dropStatements, validateStatement } from './guard-sql.ts';

/** Adds it for new rows, or replaces what has its name. Locks the table for that moment. */
export async function addGuard(
  connection: Connection,
  guard: Guard,
  migrationId: string,
): Promise<void> {
  await useOneConnectionPerNode(connection);
  await withSearchPath(connection, guard, async () => {
    for (const statement of addStatements(guard, migrationId)) {
      await connection.query(rawSql(statement));
    }
  });
}

/**
 * Proves that no row is there which the guard would refuse. Others may write meanwhile.
 * @returns how many there are; the guard is not valid then
 */
export async function proveGuard(connection: Connection, guard: Guard): Promise<number> {
  if (guard.form === 'trigger') return countForbidden(connection, guard);
  await useOneConnectionPerNode(connection);
  await connection.query(rawSql('savepoint hygiene_guard'));
  try {
    await connection.query(rawSql(validateStatement(guard)));
    await connection.query(rawSql('release savepoint hygiene_guard'));
    return 0;
  } catch (error) {
    if (!hasSqlstate(error, sqlstate.checkViolation)) throw error;
    await connection.query(rawSql('rollback to savepoint hygiene_guard'));
    return countForbidden(connection, guard);
  }
}

/** How many rows are there that the guard refuses. */
export async function countForbidden(connection: Connection, guard: Guard): Promise<number> {
  return withSearchPath(connection, guard, async () => {
    const { rows } = await queryOne<{ rows: number }>(
      connection,
      sql`select count(*)::float8 as rows from ${guard.table} where ${rawSql(guard.forbidden)}`,
    );
    return rows;
  });
}

/** Removes what is there of it. Locks the table until the end of the transaction. */
export async function dropGuard(connection: Connection, guard: Guard): Promise<void> {
  await useOneConnectionPerNode(connection);
  for (const statement of dropStatements(guard)) await connection.query(rawSql(statement));
}

/** The author's text means what it meant when the migration ran. After an error the caller rolls back. */
async function withSearchPath<T>(
  connection: Connection,
  { searchPath }: Guard,
  work: () => Promise<T>,
): Promise<T> {
  const path = searchPath.map(quoteIdentifier).join(', ');
  const { before } = await queryOne<{ before: string }>(
    connection,
    sql`select current_setting('search_path') as before`,
  );
  await connection.query(sql`select set_config('search_path', ${path}, true)`);
  const result = await work();
  await connection.query(sql`select set_config('search_path', ${before}, true)`);
  return result;
}
