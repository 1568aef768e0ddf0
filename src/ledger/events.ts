/** What the ledger records. The names are public: never renamed, never reused. */
export const eventNames = [
  'started',
  'applied',
  'failed',
  'interrupted',
  'cancelled',
  'skipped',
  'verified',
  'restored',
  'reapplied',
  'retired',
  'baseline',
  'approved',
  'backup',
  'guard_added',
  'guard_validated',
  'guard_missing',
  'guard_dropped',
  'archive_pruned',
  'archive_exported',
  'rehearsed',
  'paused',
  'resumed',
] as const;

export type EventName = (typeof eventNames)[number];

/** What happened to the rows of one table. */
export interface TableRows {
  readonly table: string;
  readonly planned: number;
  readonly archived: number;
  readonly removed: number;
  /** Rows that stayed and were changed: references set to NULL, scrubbed columns. */
  readonly changed?: number;
  readonly strategy?: string;
  /** Rows before and after; not `counted`: by the size of the table. */
  readonly extent?: { readonly before: number; readonly after: number; readonly counted: boolean };
  /** Rows that a restore put back, and rows whose changes it took back. */
  readonly restored?: number;
  readonly reverted?: number;
  /** Archived rows that a restore left in the archive. */
  readonly skipped?: number;
}

/** Why something ended badly. Never holds row values: no DETAIL, no bound values. */
export interface EventError {
  readonly message: string;
  readonly [fact: string]: unknown;
}

type Facts = Readonly<Record<string, unknown>>;

/** An event to be recorded. Position, time, database role and hashes are added by the database. */
export interface NewEvent {
  readonly event: EventName;
  /** Null for events about no single migration, such as a backup. */
  readonly migrationId: string | null;
  /** From 1; null exactly when `migrationId` is. `reapplied` carries the generation it begins. */
  readonly generation: number | null;
  readonly checksum?: string | null;
  readonly configFingerprint?: string | null;
  readonly durationMs?: number | null;
  /** UUID; one for all events of a command. */
  readonly runId?: string | null;
  readonly environment?: string | null;
  readonly identity?: object | null;
  readonly actor?: object | null;
  readonly toolVersion?: string | null;
  readonly ticket?: string | null;
  readonly rows?: readonly TableRows[] | null;
  readonly checks?: readonly object[] | null;
  readonly error?: EventError | null;
  /** A reason or remark in words. */
  readonly note?: string | null;
  /** Anything else worth keeping: side effects, warnings, plan digest. */
  readonly evidence?: Facts | null;
}

/** Where an event stands in the chain. */
export interface AppendedEvent {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly at: Date;
}

/** As much of an event as it takes to know the status of every migration. */
export interface LedgerEvent {
  readonly seq: number;
  readonly event: EventName;
  readonly migrationId: string | null;
  readonly generation: number | null;
  readonly checksum: string | null;
  readonly at: Date;
  readonly runId: string | null;
  readonly errorMessage: string | null;
  /** Names of the seed guards that it is about; for `applied`, of those that it asks for. */
  readonly guards?: readonly string[];
}

/** An event with everything that was recorded. */
export interface RecordedEvent extends AppendedEvent {
  readonly event: EventName;
  readonly migrationId: string | null;
  readonly generation: number | null;
  readonly checksum: string | null;
  readonly configFingerprint: string | null;
  readonly durationMs: number | null;
  readonly runId: string | null;
  readonly environment: string | null;
  readonly identity: Facts | null;
  readonly actor: Facts | null;
  readonly toolVersion: string | null;
  readonly ticket: string | null;
  readonly rows: readonly TableRows[] | null;
  readonly checks: readonly Facts[] | null;
  readonly error: EventError | null;
  readonly note: string | null;
  readonly evidence: Facts | null;
  readonly hashVersion: number;
}
