import { databaseErrorFacts, hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { Engine } from './engine.ts';

/**
 * Ends the transaction in which something could not be recorded, and says why in words.
 * @throws what has nothing to do with the right to write
 */
export async function whyNotRecorded({ session }: Engine, error: unknown): Promise<string> {
  const { connection } = session;
  if (!connection.isLost()) await connection.query(rawSql('rollback'));
  const isRefused = error instanceof HygieneError && error.code === 'HYG_REFUSED_PRIVILEGES';
  if (isRefused) return 'this role may not write the ledger';
  if (hasSqlstate(error, sqlstate.readOnlyTransaction)) {
    return databaseErrorFacts(error)?.message ?? 'the database takes no writes';
  }
  throw error;
}
