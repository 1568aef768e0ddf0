import type { UmzugStorage } from 'umzug';

import { HygieneError } from '../kernel/errors.ts';

export interface UmzugRun {
  /** Every known migration, in order. */
  readonly ids: readonly string[];
  /** What the ledger calls settled. */
  readonly settled: readonly string[];
  /** Applies one; everything about it is recorded when it returns. */
  readonly apply: (id: string) => Promise<void>;
  /** Whether the ledger holds what became of it. */
  readonly isRecorded: (id: string) => Promise<boolean>;
}

/**
 * The ledger as umzug sees it. It only reads: the ledger row is written inside the migration's own
 * transaction, so "logging" is an assertion and "unlogging" is refused (umzug would unlog, and so run
 * again, even a migration without `down`).
 */
export function ledgerStorage({
  settled,
  isRecorded,
}: Pick<UmzugRun, 'settled' | 'isRecorded'>): UmzugStorage {
  return {
    executed: () => Promise.resolve([...settled]),
    logMigration: async ({ name }) => {
      if (!(await isRecorded(name))) throw unrecorded(name);
    },
    unlogMigration: ({ name }) => Promise.reject(notUndone(name)),
  };
}

/**
 * Lets umzug select and order what is pending. The context stays empty because umzug hangs it on its errors, where loggers print it.
 */
export async function runWithUmzug(run: UmzugRun): Promise<void> {
  const { Umzug, MigrationError } = await import('umzug');
  const umzug = new Umzug({
    migrations: run.ids.map((name) => ({
      name,
      up: () => run.apply(name),
    })),
    context: {},
    storage: ledgerStorage(run),
    logger: undefined,
  });
  try {
    await umzug.up();
  } catch (error) {
    throw error instanceof MigrationError ? error.cause : error;
  }
}

function unrecorded(id: string): HygieneError {
  return new HygieneError('HYG_INTERNAL', {
    message: `${id} ended without a row in the ledger.`,
    hint: 'This is a defect. Look at `hygiene ledger` before anything else is run, and report it.',
  });
}

function notUndone(id: string): HygieneError {
  return new HygieneError('HYG_INTERNAL', {
    message: `${id} cannot be taken out of the ledger: events are never removed.`,
    hint: 'Archived rows can be put back with INSERT … SELECT from the archive schema.',
  });
}
