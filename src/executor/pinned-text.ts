import { type Connection, queryOne } from '../database/connection.ts';
import { id, joinSql, sql } from '../kernel/sql.ts';

/** Settings that change how a row is written as text, or what a predicate means. */
const NAMES = [
  'TimeZone',
  'DateStyle',
  'IntervalStyle',
  'extra_float_digits',
  'bytea_output',
  'lc_monetary',
  'search_path',
];

export type TextSettings = Readonly<Record<string, string>>;

/** The settings in force now. Nothing is set: a predicate must mean what it means in every step. */
export function readTextSettings(connection: Connection): Promise<TextSettings> {
  const settings = NAMES.map((name) => sql`current_setting(${name}) as ${id(name)}`);
  return queryOne<Record<string, string>>(connection, sql`select ${joinSql(settings, ', ')}`);
}

/**
 * Runs `work` under settings that were read before, whatever the author's code has set since, and
 * puts those back afterwards. All of it is local to the transaction.
 */
export async function withTextSettings(
  connection: Connection,
  settings: TextSettings,
  work: () => Promise<void>,
): Promise<void> {
  const now = await readTextSettings(connection);
  await setAll(connection, settings);
  await work();
  await setAll(connection, now);
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
