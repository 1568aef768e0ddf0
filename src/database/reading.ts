import { rawSql } from '../kernel/sql.ts';
import type { Connection } from './connection.ts';
import { applySettings, BEGIN, BEGIN_SNAPSHOT, type TransactionSettings } from './settings.ts';

/** Does something in one transaction that can change nothing, and ends it whatever happens. */
export function inReadOnly<T>(
  connection: Connection,
  settings: TransactionSettings,
  work: () => Promise<T>,
): Promise<T> {
  return rolledBack(connection, { begin: `${BEGIN} read only`, settings }, work);
}

/** The same where everything shall be seen as of one moment. */
export function inReadOnlySnapshot<T>(
  connection: Connection,
  settings: TransactionSettings,
  work: () => Promise<T>,
): Promise<T> {
  return rolledBack(connection, { begin: `${BEGIN_SNAPSHOT} read only`, settings }, work);
}

/**
 * Everything is seen as of one moment. Temporary tables may be made; nothing of what
 * is done is kept.
 */
export function inSnapshot<T>(
  connection: Connection,
  settings: TransactionSettings,
  work: () => Promise<T>,
): Promise<T> {
  return rolledBack(connection, { begin: BEGIN_SNAPSHOT, settings }, work);
}

async function rolledBack<T>(
  connection: Connection,
  { begin, settings }: { readonly begin: string; readonly settings: TransactionSettings },
  work: () => Promise<T>,
): Promise<T> {
  await connection.query(rawSql(begin));
  try {
    await applySettings(connection, settings);
    return await work();
  } finally {
    if (!connection.isLost()) await connection.query(rawSql('rollback'));
  }
}
