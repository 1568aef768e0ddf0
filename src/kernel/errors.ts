/** The one catalogue of what can go wrong. Codes are public: never renamed, never reused. */

/** Exit status of the CLI, by meaning. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  verifyFailed: 4,
  integrity: 5,
  locked: 6,
  refused: 7,
  unreachable: 8,
  sigint: 130,
  sigterm: 143,
} as const;

export const errorCatalogue = {
  HYG_INTERNAL: { exit: 1, title: 'A defect of hygiene itself' },

  HYG_CONFIG_NO_TARGET: { exit: 2, title: 'No target database was given' },
  HYG_CONFIG_BAD_URL: { exit: 2, title: 'The database URL cannot be read' },
  HYG_CONFIG_UNKNOWN_ENV: { exit: 2, title: 'The knexfile has no such environment' },
  HYG_CONFIG_BAD_KNEXFILE: { exit: 2, title: 'The knexfile cannot be used' },
  HYG_CONFIG_INVALID: { exit: 2, title: 'hygiene/config has problems' },
  HYG_CONFIG_EXISTS: { exit: 2, title: 'A file that would be written exists already' },
  HYG_CONFIG_EMBEDDED_MISSING: { exit: 2, title: 'The embedded database is not installed' },
  HYG_USAGE: { exit: 2, title: 'The command line cannot be understood' },

  HYG_SERVE_ADDRESS: { exit: 2, title: 'The dashboard cannot listen at its address' },
  HYG_PAGE_OUTDATED: {
    exit: 2,
    title: 'A page of the dashboard names what is not in the database',
  },

  HYG_LOAD_NO_DIRECTORY: { exit: 2, title: 'The migrations directory is missing' },
  HYG_LOAD_NO_MIGRATIONS: { exit: 2, title: 'The migrations directory holds no migration' },
  HYG_LOAD_BAD_NAME: { exit: 2, title: 'A file is not named like a migration' },
  HYG_LOAD_DUPLICATE: { exit: 5, title: 'Two files have one version' },
  HYG_LOAD_INCOMPLETE_PAIR: { exit: 2, title: 'An SQL migration lacks one of its two files' },
  HYG_LOAD_BROKEN_FILE: { exit: 2, title: 'A migration file does not load' },
  HYG_LOAD_NOT_A_MIGRATION: { exit: 2, title: 'A file exports no hygiene migration' },
  HYG_LOAD_INVALID: { exit: 2, title: 'A migration is incomplete or contradicts itself' },
  HYG_LOAD_NO_VERIFY: { exit: 2, title: 'A migration has no verify' },

  HYG_INTEGRITY_EDITED: { exit: 5, title: 'An applied migration was edited' },
  HYG_INTEGRITY_MISSING: { exit: 5, title: 'The file of an applied migration is missing' },
  HYG_INTEGRITY_OUT_OF_ORDER: {
    exit: 5,
    title: 'A migration is older than the newest applied one',
  },
  HYG_INTEGRITY_CHAIN: { exit: 5, title: "The ledger's hash chain is broken" },
  HYG_LEDGER_SCHEMA_TAKEN: { exit: 2, title: 'A schema of the ledger belongs to somebody else' },
  HYG_LEDGER_UNKNOWN_VERSION: {
    exit: 5,
    title: 'The ledger was made by another version of hygiene',
  },
  HYG_LEDGER_OUTDATED: { exit: 2, title: 'The ledger lacks what this command needs' },
  HYG_LEDGER_TRANSITION: {
    exit: 5,
    title: 'An event does not follow from the state of its migration',
  },
  HYG_INTEGRITY_DIGEST: { exit: 5, title: 'The ledger is not the one of the digest' },
  HYG_LEDGER_UNKNOWN_ID: { exit: 2, title: 'The ledger knows no such migration or event' },

  HYG_PLAN_UNKNOWN_TABLE: { exit: 2, title: 'A table does not exist' },
  HYG_PLAN_AMBIGUOUS_TABLE: { exit: 2, title: 'A name fits no plain table' },
  HYG_PLAN_BAD_PREDICATE: { exit: 2, title: 'PostgreSQL does not accept the predicate' },
  HYG_PLAN_UNKNOWN_DEPENDENT: { exit: 2, title: 'A named dependent does not exist' },
  HYG_PLAN_AMBIGUOUS_DEPENDENT: { exit: 2, title: 'A dependent is named twice or in two ways' },

  HYG_REFUSED_DEPENDENTS: {
    exit: 7,
    title: 'Rows reference doomed rows, and nobody said what happens to them',
  },
  HYG_REFUSED_NULLIFY: { exit: 7, title: 'A reference cannot be set to NULL' },
  HYG_REFUSED_HOURS: { exit: 7, title: 'The environment allows no run at this time' },
  HYG_REFUSED_CONNECTIONS: { exit: 7, title: 'The application is still connected' },
  HYG_REFUSED_NULL_KEEP: { exit: 7, title: 'For some rows the keep predicate is NULL' },
  HYG_REFUSED_BUDGET: { exit: 7, title: 'The budget does not allow so many (or so few) rows' },
  HYG_REFUSED_LARGE_ONLINE: { exit: 7, title: 'Too many rows for one online transaction' },
  HYG_REFUSED_UNINDEXED: {
    exit: 7,
    title: 'Without an index every removed row would scan a table',
  },
  HYG_REFUSED_STRATEGY: { exit: 7, title: 'The strategy that was asked for is not possible here' },
  HYG_REFUSED_PROTECTED: { exit: 7, title: 'The selection touches protected rows' },
  HYG_REFUSED_GUARD: { exit: 7, title: 'A seed guard cannot be made from its predicate' },
  HYG_REFUSED_GUARD_STATE: {
    exit: 7,
    title: 'The seed guard does not stand where that is possible',
  },
  HYG_REFUSED_PRIVILEGES: { exit: 7, title: 'The database role lacks rights' },
  HYG_REFUSED_INHERITED: { exit: 7, title: 'Other tables inherit from the table' },
  HYG_REFUSED_REPLICA_IDENTITY: { exit: 7, title: 'A published table has no replica identity' },
  HYG_REFUSED_CLUSTER: { exit: 7, title: 'Citus cannot do it with tables of a cluster' },
  HYG_REFUSED_RLS: { exit: 7, title: 'Row-level security hides rows' },
  HYG_REFUSED_CONFIRM: { exit: 7, title: 'The production database was not confirmed' },
  HYG_REFUSED_IDENTITY: { exit: 7, title: 'The database is not the one that was marked' },
  HYG_REFUSED_NO_BUDGET: { exit: 7, title: 'The environment demands a budget' },
  HYG_REFUSED_BACKUP: { exit: 7, title: 'The environment demands proof of a backup' },
  HYG_REFUSED_APPROVAL: { exit: 7, title: 'The environment demands an approved plan' },
  HYG_REFUSED_PLAN: { exit: 7, title: 'The plan no longer fits' },
  HYG_REFUSED_NOT_BASELINABLE: { exit: 7, title: 'The migration cannot be adopted as done' },
  HYG_REFUSED_NOT_RETIRABLE: { exit: 7, title: 'The migration cannot be retired' },
  HYG_REFUSED_NEWCOMERS: { exit: 7, title: 'New rows keep matching while the purge runs' },
  HYG_REFUSED_SEED: { exit: 7, title: 'Seeding is refused' },
  HYG_REFUSED_UNCOMMITTED: { exit: 7, title: 'Files that would be edited are not committed' },
  HYG_REFUSED_SETTINGS: { exit: 7, title: 'A server setting would hide what happens' },
  HYG_REFUSED_NOT_RESTORABLE: { exit: 7, title: 'There is nothing that could be put back' },
  HYG_REFUSED_RESTORE_CONFLICT: { exit: 7, title: 'Something else is where archived rows were' },
  HYG_REFUSED_RESTORE_PARENT: { exit: 7, title: 'What archived rows reference is gone' },
  HYG_REFUSED_RESTORE_SCHEMA: { exit: 7, title: 'Archived rows do not fit into a table any more' },
  HYG_REFUSED_NOT_REHEARSABLE: { exit: 7, title: 'The migration cannot be rehearsed' },
  HYG_REFUSED_NOT_REAPPLICABLE: { exit: 7, title: 'The migration cannot be applied again' },

  HYG_RUN_FAILED: { exit: 1, title: 'The migration failed and was rolled back' },
  HYG_RUN_SQL: { exit: 1, title: 'PostgreSQL refused a statement' },
  HYG_RUN_COUNT_MISMATCH: { exit: 1, title: 'Removed, archived and planned rows differ' },
  HYG_RUN_INSERTED: { exit: 1, title: 'The migration inserted rows' },
  HYG_RUN_TRUNCATED: { exit: 1, title: 'The migration truncated or rewrote a table' },
  HYG_RUN_SURVIVORS_CHANGED: { exit: 1, title: 'Rows that stay were not the same after a rewrite' },
  HYG_RUN_SCHEMA_CHANGED: {
    exit: 1,
    title: 'Foreign keys or indexes did not come back as they were',
  },
  HYG_RUN_UNPLANNED_CHANGE: { exit: 1, title: 'Rows changed that were not in the plan' },
  HYG_RUN_PROTECTED_CHANGED: { exit: 1, title: 'The migration changed protected rows' },
  HYG_RUN_RESTORE_DIFFERS: { exit: 1, title: 'Restored rows are not as they were archived' },
  HYG_RUN_EXPORT: { exit: 1, title: 'The files of an export could not be written' },
  HYG_RUN_TRANSACTION_CONTROL: { exit: 1, title: 'The migration tried to control the transaction' },
  HYG_RUN_TIMEOUT: { exit: 1, title: 'A statement took longer than it may' },
  HYG_RUN_CANCELLED: { exit: 143, title: 'The run was cancelled' },
  HYG_RUN_BEFORE: { exit: 1, title: 'A command before the run failed' },
  HYG_RUN_AFTER: { exit: 1, title: 'A command after the run failed' },
  HYG_RUN_COMMIT_UNKNOWN: { exit: 8, title: 'The connection was lost while committing' },

  HYG_BATCH_CANCELLED: { exit: 1, title: 'Somebody cancelled the migration between two batches' },
  HYG_BATCH_SUPERSEDED: { exit: 6, title: 'Another run has taken the batches over' },
  HYG_BATCH_NOT_FOUND: { exit: 2, title: 'The migration has no batches under way' },

  HYG_VERIFY_FAILED: { exit: 4, title: 'A check of verify failed' },
  HYG_VERIFY_EMPTY: { exit: 4, title: 'Verify made no check' },
  HYG_VERIFY_WRITES: { exit: 4, title: 'Verify tried to write' },
  HYG_VERIFY_ERROR: { exit: 4, title: 'A check of verify could not be made' },
  HYG_CHECK_DIRTY: { exit: 4, title: 'The database holds what it should not' },
  HYG_CHECK_UNKNOWN: { exit: 4, title: 'Nobody can know whether the database is clean' },
  HYG_VERIFY_SMOKE: { exit: 4, title: 'After the commit the application is not as it shall be' },
  HYG_VERIFY_REHEARSAL: { exit: 4, title: 'After removal and restore a table was not what it was' },

  HYG_BACKUP_TOOL: { exit: 2, title: "PostgreSQL's own programs are missing, or too old" },
  HYG_BACKUP_FAILED: { exit: 1, title: 'A backup could not be made' },
  HYG_BACKUP_UNREADABLE: { exit: 5, title: 'A backup file is not what was written' },
  HYG_BACKUP_DIFFERS: { exit: 4, title: 'What a backup restores is not what was backed up' },

  HYG_FLEET_FAILED: { exit: 1, title: 'Not every target of a fleet came through' },
  HYG_FLEET_QUEUE_MISSING: { exit: 2, title: 'The job queue of fleets is not installed' },

  HYG_GUARD_MISSING: { exit: 4, title: 'A seed guard is gone or was changed' },
  HYG_GUARD_VIOLATED: { exit: 4, title: 'Rows are there that a seed guard refuses' },
  HYG_GUARD_NOT_FOUND: { exit: 2, title: 'The migration has no seed guard' },

  HYG_LOCK_HELD: { exit: 6, title: 'Another run holds the lock' },
  HYG_LOCK_BUSY: { exit: 6, title: 'Rows or tables stayed locked by other sessions' },
  HYG_LOCK_EMBEDDED: { exit: 6, title: 'Another process uses the embedded database' },
  HYG_DB_UNREACHABLE: { exit: 8, title: 'The database cannot be reached' },
  HYG_DB_AUTH: { exit: 8, title: 'The database refused the login' },
  HYG_DB_READ_ONLY: { exit: 8, title: 'The database takes no writes' },
  HYG_DB_BUSY: { exit: 8, title: 'The database is asked more than it answers' },
  HYG_DB_CONNECTION_LOST: { exit: 8, title: 'The connection to the database was lost' },
} as const satisfies Record<string, { exit: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorParts {
  /** What happened, in one or a few short lines. */
  readonly message: string;
  /** What to do next; several lines are several possibilities. */
  readonly hint?: string;
  /** Facts for machines: tables, counts, SQLSTATE. Never row values. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The only error that leaves this package. */
export class HygieneError extends Error {
  override readonly name = 'HygieneError';
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, parts: ErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.hint = parts.hint ?? null;
    this.details = parts.details ?? {};
  }

  /** Exit status of the CLI; a cancelled run ends with its signal's status. */
  get exitCode(): number {
    const { exitCode } = this.details;
    return typeof exitCode === 'number' ? exitCode : errorCatalogue[this.code].exit;
  }
}

/** What was thrown, as a {@link HygieneError}; anything unknown is a defect and says so. */
export function toHygieneError(thrown: unknown): HygieneError {
  if (thrown instanceof HygieneError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HygieneError('HYG_INTERNAL', {
    message: `Unexpected error: ${message}`,
    hint: 'This is a defect. Run again with --log-level debug and report it with the output.',
    cause: thrown,
  });
}
