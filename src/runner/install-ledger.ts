import { beginLocked } from '../database/run-lock.ts';
import { hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type Engine, runLock } from './engine.ts';

/** Several first runs may come at once, so it is looked at again under the lock. */
export async function installLedger(engine: Engine): Promise<void> {
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  try {
    const ledger = new Ledger(connection, engine.names);
    if (!(await ledger.isInstalled())) await ledger.install(engine.facts.toolVersion);
    await connection.query(rawSql('commit'));
  } catch (error) {
    await connection.query(rawSql('rollback'));
    throw hasSqlstate(error, sqlstate.insufficientPrivilege) ? mayNotInstall(error) : error;
  }
}

function mayNotInstall(cause: unknown): HygieneError {
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `There is no ledger yet, and this role may not make it: ${(cause as Error).message}.`,
    hint: 'Let a DBA run the script of `hygiene init --print-sql`, or grant create on the database to the role.',
    cause,
  });
}
