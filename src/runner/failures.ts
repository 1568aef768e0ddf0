import { databaseErrorFacts, isConnectionError, sqlstate } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';

/** What went wrong in a migration, in terms of what to do next. */
export function asRunError(error: unknown, id: string): HygieneError {
  if (error instanceof HygieneError) return error;
  const facts = databaseErrorFacts(error);
  if (isConnectionError(error)) {
    return new HygieneError('HYG_DB_CONNECTION_LOST', {
      message: `${id}: the connection was lost: ${messageOf(error)}`,
      hint: 'PostgreSQL rolls back what was not committed. Run again: nothing has to be cleaned up.',
      cause: error,
    });
  }
  if (facts === null) {
    return new HygieneError('HYG_RUN_FAILED', {
      message: `${id} failed and was rolled back: ${messageOf(error)}`,
      hint: 'Nothing was kept. Correct the migration, then run again.',
      cause: error,
    });
  }
  switch (facts.sqlstate) {
    case sqlstate.lockNotAvailable:
    case sqlstate.deadlockDetected:
    case sqlstate.serializationFailure:
      return new HygieneError('HYG_LOCK_BUSY', {
        message: `${id}: rows or tables stayed locked by other sessions: ${facts.message}`,
        hint: 'Run again at a quieter time, or wait longer for rows with --row-lock-timeout SECONDS.',
        details: { sqlstate: facts.sqlstate },
        cause: error,
      });
    case sqlstate.queryCanceled:
      return new HygieneError('HYG_RUN_TIMEOUT', {
        message: `${id} was rolled back: ${facts.message}.`,
        hint: 'Allow more with --statement-timeout SECONDS (0: no limit); `hygiene plan` names missing indexes.',
        details: { sqlstate: facts.sqlstate },
        cause: error,
      });
    case 'HY001':
    case sqlstate.invalidTransactionTermination:
      return new HygieneError('HYG_RUN_TRANSACTION_CONTROL', {
        message: `${id} tried to commit by itself and was rolled back.`,
        hint: 'Remove it: hygiene begins and ends the transaction, with the ledger in it.',
        cause: error,
      });
    case sqlstate.insufficientPrivilege:
      return new HygieneError('HYG_REFUSED_PRIVILEGES', {
        message: `${id} was rolled back: ${facts.message}.`,
        hint: 'Grant the right to the role that runs hygiene, or run as one that has it and sees all rows.',
        details: { sqlstate: facts.sqlstate },
        cause: error,
      });
    default:
      return new HygieneError('HYG_RUN_SQL', {
        message: `${id} was rolled back: ${facts.message} (SQLSTATE ${facts.sqlstate})`,
        hint: facts.hint ?? 'Nothing was kept. Correct the migration, then run again.',
        details: { ...facts },
        cause: error,
      });
  }
}

/** Errors of other sessions' doing: the same transaction may well succeed when it is run again. */
export function isWorthRetrying(error: unknown): boolean {
  const retryable: readonly string[] = [
    sqlstate.serializationFailure,
    sqlstate.deadlockDetected,
    sqlstate.lockNotAvailable,
    sqlstate.foreignKeyViolation,
  ];
  const facts = databaseErrorFacts(error);
  return facts !== null && retryable.includes(facts.sqlstate);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
