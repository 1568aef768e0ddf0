import type { Connection } from '../database/connection.ts';
import { inReadOnlySnapshot } from '../database/reading.ts';
import type { TransactionSettings } from '../database/settings.ts';
import { databaseErrorFacts, isConnectionError } from '../database/sqlstate.ts';
import { rawSql } from '../kernel/sql.ts';

/** Does something in one transaction that sees one state of the database and can change nothing. */
export function inScanTransaction<T>(
  connection: Connection,
  settings: TransactionSettings,
  work: () => Promise<T>,
): Promise<T> {
  return inReadOnlySnapshot(connection, settings, async () => {
    // Row-level security hides rows; what is hidden is said, and is no reason to stop.
    await connection.query(rawSql(`set local row_security = on`));
    await connection.query(rawSql(`set local jit = off`));
    return work();
  });
}

/** What came of one table: a result, or why there is none. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/**
 * What fails for one table is no reason to leave out the others. The locks of the attempt are given back
 * at its end, so that nobody waits for a scan longer than for one table.
 */
export async function attempt<T>(
  connection: Connection,
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  await connection.query(rawSql('savepoint hygiene_table'));
  let result: Attempt<T>;
  try {
    result = { ok: true, value: await work() };
  } catch (error) {
    const facts = databaseErrorFacts(error);
    if (facts === null || isConnectionError(error)) throw error;
    result = { ok: false, reason: reasonOf(facts.sqlstate, facts.message) };
  }
  await connection.query(rawSql('rollback to savepoint hygiene_table'));
  return result;
}

const REASONS: Readonly<Record<string, string>> = {
  '57014': 'it took longer than the statement time-out',
  '55P03': 'somebody holds a lock on it',
  '42P01': 'it was dropped meanwhile',
  '42501': 'the role may not read it',
  '42703': 'a column was dropped meanwhile',
};

function reasonOf(sqlstate: string, message: string): string {
  return REASONS[sqlstate] ?? message;
}
