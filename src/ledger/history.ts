import type { EventName, LedgerEvent } from './events.ts';
import { type Status, statusOf } from './transitions.ts';

type GuardEvent = Extract<EventName, `guard_${string}`>;

/** What the ledger says about one migration. */
export interface MigrationRecord {
  readonly id: string;
  readonly status: Status;
  /** The application that all other fields are about: 1, and one more after each `reapplied`. */
  readonly generation: number;
  /** Of the file as it was applied or baselined. */
  readonly checksum: string | null;
  /** When it was applied or baselined. */
  readonly appliedAt: Date | null;
  readonly appliedSeq: number | null;
  readonly lastEvent: EventName;
  readonly lastEventAt: Date;
  /** Why the last run ended badly, if it did. */
  readonly lastError: string | null;
  /** The run of a `started` without an end: still at work, or killed. */
  readonly openRunId: string | null;
  /** What last happened to the seed guard. */
  readonly lastGuardEvent: GuardEvent | null;
}

/** Where every migration of the ledger stands. `events` in the order of the chain. */
export function readHistory(events: readonly LedgerEvent[]): ReadonlyMap<string, MigrationRecord> {
  const records = new Map<string, MigrationRecord>();
  for (const event of events) {
    const { migrationId } = event;
    if (migrationId === null) continue;
    const before = records.get(migrationId) ?? unknownMigration(migrationId, event);
    records.set(migrationId, recordAfter(before, event));
  }
  return records;
}

function unknownMigration(id: string, { event, at }: LedgerEvent): MigrationRecord {
  return {
    id,
    status: 'pending',
    generation: 1,
    checksum: null,
    appliedAt: null,
    appliedSeq: null,
    lastEvent: event,
    lastEventAt: at,
    lastError: null,
    openRunId: null,
    lastGuardEvent: null,
  };
}

function recordAfter(before: MigrationRecord, event: LedgerEvent): MigrationRecord {
  const seen: MigrationRecord = { ...before, lastEvent: event.event, lastEventAt: event.at };
  const status = statusOf(event.event);
  if (status === null) {
    return isGuardEvent(event.event) ? { ...seen, lastGuardEvent: event.event } : seen;
  }
  if (event.event === 'reapplied') {
    return { ...unknownMigration(seen.id, event), generation: seen.generation + 1 };
  }
  const turned: MigrationRecord = {
    ...seen,
    status,
    lastError: event.errorMessage,
    openRunId: event.event === 'started' ? event.runId : null,
  };
  if (event.event !== 'applied' && event.event !== 'baseline') return turned;
  return { ...turned, checksum: event.checksum, appliedAt: event.at, appliedSeq: event.seq };
}

function isGuardEvent(event: EventName): event is GuardEvent {
  return event.startsWith('guard_');
}
