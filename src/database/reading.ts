import { rawSql } from '../kernel/sql.ts';
import type { Connection } from './connection.ts';
import { applySettings, BEGIN, type TransactionSettings } from './settings.ts';

/** Does something in one transaction that can change nothing, and ends it whatever happens. */
export async function inReadOnly<T>(
  connection: Connection,
  settings: TransactionSettings,
  work: () => Promise<T>,
): Promise<T> {
  await connection.query(rawSql(`${BEGIN} read only`));
  try {
    await applySettings(connection, settings);
    return await work();
  } finally {
    if (!connection.isLost()) await connection.query(rawSql('rollback'));
  }
}
