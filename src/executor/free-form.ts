import type { Connection } from '../database/connection.ts';
import { renderSql, type Sql } from '../kernel/sql.ts';
import { assertOpen, refuseForbiddenText } from './author-database.ts';

/** Runs one `sql` step as it is written. */
export async function runStatement(connection: Connection, statement: Sql): Promise<number> {
  refuseForbiddenText(renderSql(statement).text);
  const { rowCount } = await connection.query(statement);
  await assertOpen(connection);
  return rowCount;
}

/** Sends the text of an `.up.sql` file as it is. */
export async function runScript(connection: Connection, script: string): Promise<void> {
  refuseForbiddenText(script);
  await connection.script(script);
  await assertOpen(connection);
}
