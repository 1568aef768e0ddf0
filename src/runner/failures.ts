import {
  type DatabaseErrorFacts,
  databaseErrorFacts,
  hasSqlstate,
  isConnectionError,
  isRetryable,
  sqlstate,
} from '../database/sqlstate.ts';
import { type ErrorCode, HygieneError, toHygieneError } from '../kernel/errors.ts';

/** How one kind of database error is told: what happened to the migration, and what to do next. */
interface Telling {
  readonly code: ErrorCode;
  readonly message: (id: string, facts: DatabaseErrorFacts) => string;
  readonly hint: string;
}

const busy: Telling = {
  code: 'HYG_LOCK_BUSY',
  message: (id, { message }) => `${id}: rows or tables stayed locked by other sessions: ${message}`,
  hint: 'Run again at a quieter time, or wait longer for rows with --row-lock-timeout SECONDS.',
};

const ownCommit: Telling = {
  code: 'HYG_RUN_TRANSACTION_CONTROL',
  message: (id) => `${id} tried to commit by itself and was rolled back.`,
  hint: 'Remove it: hygiene begins and ends the transaction, with the ledger in it.\nSET CONSTRAINTS ALL IMMEDIATE looks the same: name the constraints.',
};

/** By SQLSTATE. */
const tellings: Readonly<Record<string, Telling>> = {
  [sqlstate.lockNotAvailable]: busy,
  [sqlstate.deadlockDetected]: busy,
  [sqlstate.serializationFailure]: busy,
  [sqlstate.queryCanceled]: {
    code: 'HYG_RUN_TIMEOUT',
    message: (id, { message }) => `${id} was rolled back: ${message}.`,
    hint: 'Allow more with --statement-timeout SECONDS (0: no limit); `hygiene plan` names missing indexes.',
  },
  [sqlstate.commitFence]: ownCommit,
  [sqlstate.invalidTransactionTermination]: ownCommit,
  [sqlstate.readOnlyTransaction]: {
    code: 'HYG_DB_READ_ONLY',
    message: (id, { message }) => `${id}: the database takes no writes: ${message}.`,
    hint: 'Connect to the primary, not to a standby, or end default_transaction_read_only for the role.',
  },
  [sqlstate.insufficientPrivilege]: {
    code: 'HYG_REFUSED_PRIVILEGES',
    message: (id, { message }) => `${id} was rolled back: ${message}.`,
    hint: 'Grant the right to the role that runs hygiene, or run as one that has it and sees all rows.',
  },
};

/** What went wrong in a migration, in terms of what to do next. */
export function asRunError(error: unknown, id: string): HygieneError {
  if (error instanceof HygieneError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isConnectionError(error)) {
    return new HygieneError('HYG_DB_CONNECTION_LOST', {
      message: `${id}: the connection was lost: ${reason}`,
      hint: 'PostgreSQL rolls back what was not committed. Run again: nothing has to be cleaned up.',
      cause: error,
    });
  }
  const facts = databaseErrorFacts(error);
  if (facts !== null) return asDatabaseError(facts, id, error);
  return new HygieneError('HYG_RUN_FAILED', {
    message: `${id} failed and was rolled back: ${reason}`,
    hint: 'Nothing was kept. Correct the migration, then run again.',
    cause: error,
  });
}

/** An error from outside any migration, such as a connection lost while the ledger is read. */
export function asCommandError(error: unknown): HygieneError {
  return databaseErrorFacts(error) === null && !isConnectionError(error)
    ? toHygieneError(error)
    : asRunError(error, 'hygiene');
}

function asDatabaseError(facts: DatabaseErrorFacts, id: string, cause: unknown): HygieneError {
  const telling = tellings[facts.sqlstate];
  if (telling === undefined) {
    return new HygieneError('HYG_RUN_SQL', {
      message: `${id} was rolled back: ${facts.message} (SQLSTATE ${facts.sqlstate})`,
      hint: facts.hint ?? 'Nothing was kept. Correct the migration, then run again.',
      details: { ...facts },
      cause,
    });
  }
  const { code, message, hint } = telling;
  return new HygieneError(code, {
    message: message(id, facts),
    hint,
    details: { sqlstate: facts.sqlstate },
    cause,
  });
}

/**
 * Errors of other sessions' doing: the same transaction may well succeed when it is run again. A
 * violated foreign key is one too: a child may have been inserted meanwhile.
 */
export function isWorthRetrying(error: unknown): boolean {
  return isRetryable(error) || hasSqlstate(error, sqlstate.foreignKeyViolation);
}
