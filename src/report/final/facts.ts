import type { ChainReport } from '../../ledger/chain-report.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import type { MigrationRecord } from '../../ledger/history.ts';
import type { DatabaseIdentity } from '../../ledger/identity.ts';
import type { ListedArchive } from '../../runner/archives.ts';
import type { CheckedDatabase } from '../../runner/check-database.ts';
import type { TargetFacts } from '../target.ts';

export const audiences = ['executive', 'operations', 'engineering'] as const;

/** Who reads it: each one gets what those before get, and more. */
export type Audience = (typeof audiences)[number];

/** Something that somebody, or a program, has looked at outside the ledger. */
export interface Observation {
  readonly criterion: string;
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
  /** Who or what looked, and when. */
  readonly source: string;
}

/** A migration as the project's files describe it now. */
export interface DescribedMigration {
  readonly id: string;
  readonly description: string;
  /** Why it cannot be undone; null: it can. */
  readonly irreversible: string | null;
}

interface UnindexedKey {
  readonly table: string;
  readonly constraint: string;
  readonly parent: string;
  /** The statement that makes the index. */
  readonly sql: string;
}

interface RunLogFile {
  /** As a reader finds it. */
  readonly path: string;
  readonly sha256: string;
}

/** All that a report tells, and where it comes from: the ledger, and the database as it is now. */
export interface ReportFacts {
  readonly at: Date;
  readonly toolVersion: string;
  readonly target: TargetFacts;
  readonly environment: string | null;
  readonly identity: DatabaseIdentity;
  readonly ledgerInstalled: boolean;
  readonly checked: CheckedDatabase;
  readonly migrations: readonly DescribedMigration[];
  readonly records: ReadonlyMap<string, MigrationRecord>;
  /** Oldest first. */
  readonly events: readonly RecordedEvent[];
  /** Null without a ledger. */
  readonly chain: ChainReport | null;
  /** Null where the role may not see them. */
  readonly archives: readonly ListedArchive[] | null;
  readonly retentionDays: number;
  /** Rows of each protected set now, by its label. */
  readonly protectedRows: readonly { readonly label: string; readonly rows: number }[];
  /** Rows now of the tables that cleanups touched; null where there are too many to count. */
  readonly tableRows: ReadonlyMap<string, number | null>;
  readonly unindexed: readonly UnindexedKey[];
  readonly contacts: readonly { readonly name: string; readonly how: string }[];
  /** Of the newest run; null: none was found. */
  readonly runLog: RunLogFile | null;
  readonly observations: readonly Observation[];
}
