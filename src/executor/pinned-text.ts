import { type Connection, queryOne } from '../database/connection.ts';
import { id, joinSql, sql } from '../kernel/sql.ts';

/** Settings that change how a row is written as text, and the values that hashes are made with. */
const PINNED: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
};

/**
 * Runs `work` with a fixed text form of values, then puts the session's own settings back: the
 * author's code must not notice. All of it is local to the transaction.
 */
export async function withPinnedText(
  connection: Connection,
  work: () => Promise<void>,
): Promise<void> {
  const names = Object.keys(PINNED);
  const before = await queryOne<Record<string, string>>(
    connection,
    sql`select ${joinSql(
      names.map((name) => sql`current_setting(${name}) as ${id(name)}`),
      ', ',
    )}`,
  );
  await setAll(connection, PINNED);
  await work();
  await setAll(connection, Object.fromEntries(names.map((name) => [name, before[name] ?? ''])));
}

async function setAll(
  connection: Connection,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const calls = Object.entries(values).map(
    ([name, value]) => sql`set_config(${name}, ${value}, true)`,
  );
  await connection.query(sql`select ${joinSql(calls, ', ')}`);
}
