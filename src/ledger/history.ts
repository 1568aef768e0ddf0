import type { EventName, LedgerEvent } from './events.ts';
import { type Status, statusOf } from './transitions.ts';

type GuardEvent = Extract<EventName, `guard_${string}`>;

/**
 * `pending`: asked for. `added`: new rows are checked. `validated`: all rows are proven. `missing`:
 * somebody else removed or changed it. `dropped`: taken away on purpose.
 */
export type GuardStatus = 'pending' | 'added' | 'validated' | 'missing' | 'dropped';

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
  /** By name, where each seed guard of this generation stands. */
  readonly guards: ReadonlyMap<string, GuardStatus>;
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
    guards: new Map(),
  };
}

function recordAfter(before: MigrationRecord, event: LedgerEvent): MigrationRecord {
  const seen: MigrationRecord = { ...before, lastEvent: event.event, lastEventAt: event.at };
  const status = statusOf(event.event);
  if (status === null) {
    if (!isGuardEvent(event.event)) return seen;
    const guards = withGuards(seen.guards, event.guards ?? [], GUARD_STATUS[event.event]);
    return { ...seen, lastGuardEvent: event.event, guards };
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
  const wanted = (event.guards ?? []).filter((name) => !seen.guards.has(name));
  return {
    ...turned,
    ...{ checksum: event.checksum, appliedAt: event.at, appliedSeq: event.seq },
    guards: withGuards(seen.guards, wanted, 'pending'),
  };
}

const GUARD_STATUS: Readonly<Record<GuardEvent, GuardStatus>> = {
  guard_added: 'added',
  guard_validated: 'validated',
  guard_missing: 'missing',
  guard_dropped: 'dropped',
};

function withGuards(
  guards: ReadonlyMap<string, GuardStatus>,
  names: readonly string[],
  status: GuardStatus,
): ReadonlyMap<string, GuardStatus> {
  return new Map([...guards, ...names.map((name) => [name, status] as const)]);
}

function isGuardEvent(event: EventName): event is GuardEvent {
  return event.startsWith('guard_');
}
