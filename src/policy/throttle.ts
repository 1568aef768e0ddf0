import { counted } from '../kernel/counts.ts';

/** What the server says about itself before a batch; null where it does not say. */
export interface ThrottleSignals {
  /** The most that a replica is behind, in milliseconds; null: there is none, or all is replayed. */
  readonly replicaLagMs: number | null;
  /** WAL files that wait for the archiver; null: nothing is archived. */
  readonly unarchivedFiles: number | null;
  /** The newest try of the archiver failed. */
  readonly archiverFails: boolean;
  /** Tables of the migration that autovacuum works on. */
  readonly vacuumed: readonly string[];
  /** Transactions that the database has ended since its statistics began. */
  readonly transactions: number;
  /** What the role may not see, such as `replica lag`. */
  readonly hidden: readonly string[];
}

export interface ThrottleLimits {
  readonly maxReplicaLagMs: number;
}

/** Why a batch waits, in words, and a word for the sums. */
export interface ThrottleReason {
  readonly kind: 'replica lag' | 'archiving' | 'autovacuum' | 'config' | 'paused' | 'blocking';
  readonly words: string;
}

/** About 700 MB of WAL: a busy archiver is that far behind at times, a stuck one soon more. */
const UNARCHIVED_FILES_MAX = 42;

/** Well above what batches need themselves, even short ones. A second. */
const TRANSACTIONS_OF_BATCHES_MAX = 50;

/** Whether others work on the database, by its transactions over some milliseconds. */
export function isShared(transactions: number, ms: number): boolean {
  return ms > 0 && (transactions / ms) * 1000 > TRANSACTIONS_OF_BATCHES_MAX;
}

/** The first reason to wait, or null. */
export function throttleReason(
  signals: ThrottleSignals,
  { maxReplicaLagMs }: ThrottleLimits,
): ThrottleReason | null {
  const { replicaLagMs, unarchivedFiles, archiverFails, vacuumed } = signals;
  if (replicaLagMs !== null && replicaLagMs > maxReplicaLagMs) {
    return { kind: 'replica lag', words: `replica lag ${(replicaLagMs / 1000).toFixed(1)} s` };
  }
  if (archiverFails) {
    return { kind: 'archiving', words: 'archiving of WAL fails: see pg_stat_archiver' };
  }
  if (unarchivedFiles !== null && unarchivedFiles > UNARCHIVED_FILES_MAX) {
    return {
      kind: 'archiving',
      words: `archiving of WAL is ${counted(unarchivedFiles, 'file')} behind`,
    };
  }
  const [table] = vacuumed;
  return table === undefined ? null : { kind: 'autovacuum', words: `autovacuum of ${table}` };
}
