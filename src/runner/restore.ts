import { CancellableConnection } from '../database/cancellable.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { isConnectionError } from '../database/sqlstate.ts';
import type { RestoredTable } from '../executor/restore-stage.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { AppendedEvent, TableRows } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Status } from '../ledger/transitions.ts';
import { checkConfirmation } from '../policy/environment.ts';
import { attemptAgain } from './attempts.ts';
import { type ListedArchive, listArchives } from './archives.ts';
import { endBatches } from './batched/forget.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { contextFrom, type EventContext, migrationEvent } from './events.ts';
import { takeGuardsAway } from './guards/drop-guards.ts';
import { guardEvent } from './guards/guard-transaction.ts';
import { assertHead } from './inspection.ts';
import { assertWatchedSettings } from './main-transaction.ts';
import { checkRestorable, neverApplied } from './restorable.ts';
import { assertIdentity } from './preconditions.ts';
import { type Restoration, restoreApplication } from './restore-application.ts';

export interface RestoreOptions {
  readonly id: string;
  /** Whether there is a file of this name: a name that nobody knows is a mistake. */
  readonly isFile: boolean;
  /** Everything is done and proven, then rolled back. */
  readonly dryRun: boolean;
  readonly skipExisting: boolean;
  readonly reason: string | null;
  readonly confirmed: string | null;
  readonly confirmRequired: (marker: string | null) => boolean;
  readonly begun?: (environment: string | null) => void;
}

export interface RestoreReport extends Restoration {
  readonly id: string;
  readonly environment: string | null;
  readonly generation: number;
  readonly dryRun: boolean;
  /** Names of the seed guards that went, since they would refuse the rows. */
  readonly guardsDropped: readonly string[];
  readonly durationMs: number;
  /** Null for a dry run. */
  readonly event: AppendedEvent | null;
}

/**
 * Puts back what the current application of a migration has archived, and holds the migration: rows,
 * proof and the event `restored` are one transaction.
 * @throws HygieneError when it refuses or fails; nothing is changed then
 */
export async function restore(engine: Engine, options: RestoreOptions): Promise<RestoreReport> {
  const { id, dryRun } = options;
  const context = await commandContext(engine, id, options);
  options.begun?.(context.environment);
  if (!dryRun) await assertConfirmed(context, options);
  return attemptAgain(engine, id, () => restoreOnce(context, options));
}

/**
 * What a command about one migration needs before it begins.
 * @throws HygieneError HYG_INTEGRITY_CHAIN, HYG_LEDGER_UNKNOWN_ID, HYG_REFUSED_IDENTITY
 */
export async function commandContext(
  engine: Engine,
  id: string,
  { isFile }: { readonly isFile: boolean },
): Promise<EventContext> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  assertHead(snapshot);
  const isKnown = isFile || readHistory(snapshot.events).has(id);
  if (!isKnown) throw unknownId(id);
  if (snapshot.schemaVersion === null) throw neverApplied(id);
  const context = await contextFrom(engine, snapshot);
  assertIdentity(snapshot, context.identity);
  return context;
}

async function assertConfirmed(
  { engine, environment }: EventContext,
  { id, confirmed, confirmRequired }: RestoreOptions,
): Promise<void> {
  const { database } = await queryOne<{ database: string }>(
    engine.session.connection,
    sql`select current_database()::text as database`,
  );
  const refusal = checkConfirmation({
    ...{ marker: environment, database, confirmed, command: `restore ${id}` },
    confirmRequired: confirmRequired(environment),
  });
  if (refusal !== null) throw refusal;
}

async function restoreOnce(context: EventContext, options: RestoreOptions): Promise<RestoreReport> {
  const { engine, environment } = context;
  const { id, dryRun, skipExisting } = options;
  const startedAt = engine.clock.monotonicMs();
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  await assertWatchedSettings(connection);
  const { record, archives } = await restorable(engine, connection, id);
  const { generation } = record;
  if (context.ledgerVersion >= 2) {
    await endBatches(connection, engine.names, { migrationId: id, generation });
  }
  const guards = await takeGuardsAway(connection, engine.names, record);
  const restoration = await restoreApplication(engine, connection, {
    ...{ migrationId: id, archives, skipExisting },
  });
  await assertWatchedSettings(connection);
  const done = (): Omit<RestoreReport, 'event'> => ({
    ...{ ...restoration, id, environment, generation, dryRun },
    guardsDropped: guards.map(({ name }) => name),
    durationMs: Math.round(engine.clock.monotonicMs() - startedAt),
  });
  if (dryRun) {
    await connection.query(rawSql('rollback'));
    return { ...done(), event: null };
  }
  const ledger = new Ledger(connection, engine.names);
  const status = await closeOpenRun(context, ledger, record);
  const event = await ledger.advance(status, {
    ...migrationEvent(context, 'restored', { migration: subjectOf(record), generation }),
    rows: rowsOf(restoration),
    durationMs: done().durationMs,
    note: options.reason,
    evidence: evidenceOf(restoration, options),
  });
  for (const guard of guards) {
    await ledger.advance('held', guardEvent(context, 'guard_dropped', { record, guard }));
  }
  await commit(connection, id);
  return { ...done(), event };
}

async function restorable(
  engine: Engine,
  connection: Connection,
  id: string,
): Promise<{ readonly record: MigrationRecord; readonly archives: readonly ListedArchive[] }> {
  const ledger = new Ledger(connection, engine.names);
  const record = readHistory(await ledger.history()).get(id);
  const listed = await listArchives(connection, engine.names, {
    retentionDays: 0,
    migrationId: id,
  });
  const archives = listed.filter(({ generation }) => generation === record?.generation);
  const events = await ledger.events({ migrationId: id });
  const refusal = checkRestorable({ id, record, archives: archives.length, events });
  if (refusal !== null) throw refusal;
  if (record === undefined) throw new Error(`${id} is restorable but unknown`);
  return { record, archives };
}

export function subjectOf({ id, checksum }: Pick<MigrationRecord, 'id' | 'checksum'>): {
  readonly id: string;
  readonly checksum: string | null;
  readonly ticket: null;
} {
  return { id, checksum, ticket: null };
}

/** A `started` without an end belongs to a run that was killed: the lock is ours. */
async function closeOpenRun(
  context: EventContext,
  ledger: Ledger,
  record: MigrationRecord,
): Promise<Status> {
  const { status, generation, openRunId } = record;
  if (openRunId === null) return status;
  const interrupted = migrationEvent(context, 'interrupted', {
    migration: subjectOf(record),
    generation,
  });
  const note = 'The run ended without a word.';
  return (await ledger.advance(status, { ...interrupted, runId: openRunId, note })).status;
}

function rowsOf({ tables }: Restoration): readonly TableRows[] {
  const names = [...new Set(tables.map(({ table }) => table.name.toString()))];
  return names.map((name) => {
    const own = tables.filter(({ table }) => table.name.toString() === name);
    const sum = (count: (each: RestoredTable) => number): number =>
      own.reduce((total, each) => total + count(each), 0);
    return {
      ...{ table: name, planned: 0, removed: 0 },
      archived: sum(({ archived }) => archived),
      restored: sum(({ kind, restored }) => (kind === 'rows' ? restored : 0)),
      reverted: sum(({ kind, restored }) => (kind === 'mutations' ? restored : 0)),
      skipped: sum(({ skipped }) => skipped),
    };
  });
}

function evidenceOf(
  { tables, sideEffects, remarks }: Restoration,
  { skipExisting }: RestoreOptions,
): Readonly<Record<string, unknown>> {
  const named = tables.map(({ table, ...facts }) => ({ table: table.name.toString(), ...facts }));
  return {
    skipExisting,
    lost: named.filter(({ lost }) => lost.length > 0).map(({ table, lost }) => ({ table, lost })),
    converted: named
      .filter(({ converted }) => converted.length > 0)
      .map(({ table, converted }) => ({ table, converted })),
    sideEffects,
    remarks,
  };
}

async function commit(connection: Connection, id: string): Promise<void> {
  try {
    await connection.query(rawSql('commit'));
  } catch (error) {
    if (!connection.isLost() && !isConnectionError(error)) throw error;
    throw new HygieneError('HYG_RUN_COMMIT_UNKNOWN', {
      message: `${id}: the connection was lost while the restore was committed.`,
      hint: 'hygiene status   shows it as held when it went through; otherwise nothing was changed, and you may run again.',
      cause: error,
    });
  }
}

function unknownId(id: string): HygieneError {
  return new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
    message: `Neither the ledger nor the directory has a migration "${id}".`,
    hint: 'hygiene status   lists the ids; an id is the file name without its extension.',
    details: { id },
  });
}
