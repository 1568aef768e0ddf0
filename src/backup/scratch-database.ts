import { type Connection, queryOne } from '../database/connection.ts';
import { databaseErrorFacts, hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { quoteIdentifier } from '../kernel/identifiers.ts';
import { rawSql, sql } from '../kernel/sql.ts';

/**
 * Makes an empty database beside the one that is connected to, and drops it again whatever happens.
 * @throws HygieneError HYG_REFUSED_PRIVILEGES where the role may make none
 */
export async function inScratchDatabase<T>(
  connection: Connection,
  suffix: string,
  work: (name: string) => Promise<T>,
): Promise<T> {
  const name = `hygiene_scratch_${suffix}`;
  await createLike(connection, name);
  try {
    return await work(name);
  } finally {
    const drop = rawSql(`drop database if exists ${quoteIdentifier(name)} with (force)`);
    if (!connection.isLost()) await connection.query(drop);
  }
}

/** Encoding and collation as here: with others, texts would sort and compare in another way. */
async function createLike(connection: Connection, name: string): Promise<void> {
  const { encoding, collate, ctype } = await queryOne<Record<string, string>>(
    connection,
    sql`
      select pg_encoding_to_char(encoding) as encoding, datcollate as collate, datctype as ctype
        from pg_database
       where datname = current_database()
    `,
  );
  const literal = (text = ''): string => `'${text.replaceAll("'", "''")}'`;
  const settings = [
    ...['template template0', `encoding ${literal(encoding)}`],
    ...[`lc_collate ${literal(collate)}`, `lc_ctype ${literal(ctype)}`],
  ];
  try {
    await connection.query(
      rawSql(`create database ${quoteIdentifier(name)} ${settings.join(' ')}`),
    );
  } catch (error) {
    if (!hasSqlstate(error, sqlstate.insufficientPrivilege)) throw error;
    throw new HygieneError('HYG_REFUSED_PRIVILEGES', {
      message: `The role may not make a scratch database: ${databaseErrorFacts(error)?.message ?? ''}.`,
      hint: 'Give it the right (alter role … createdb;), or restore on another server: --scratch-url URL',
      cause: error,
    });
  }
}
