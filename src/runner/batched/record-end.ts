import { cancelledError } from '../../database/cancellable.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { isConnectionError } from '../../database/sqlstate.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import { rawSql } from '../../kernel/sql.ts';
import type { EventName, NewEvent, TableRows } from '../../ledger/events.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { runLock, transactionSettings } from '../engine.ts';
import { eventError, migrationEvent } from '../events.ts';
import { asBatchError } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { keyOf } from './freeze.ts';
import { type Delta, withDelta } from './tallies.ts';

interface Ending extends Pick<NewEvent, 'error' | 'note'> {
  readonly event: Extract<EventName, 'failed' | 'cancelled' | 'paused'>;
  /** The next run lists the rows anew. */
  readonly thaw: boolean;
}

/**
 * Records that this run ends before the migration does, unless another run has taken over.
 * @returns where the migration stands; null when it is not ours any more
 */
export async function recordEnd(
  unit: BatchUnit,
  since: Delta,
  ending: Ending,
): Promise<Progress | null> {
  const { context } = unit;
  const { engine } = context;
  const { connection } = engine.session;
  await connection.query(rawSql('rollback'));
  const patient = { ...runLock(engine), signal: new AbortController().signal };
  await beginLocked(connection, patient);
  await applySettings(connection, transactionSettings(engine));
  const store = new ProgressStore(connection, engine.names, keyOf(unit));
  const progress = await store.lock();
  if (progress?.token !== unit.token) {
    await connection.query(rawSql('rollback'));
    return null;
  }
  const ledger = new Ledger(connection, engine.names);
  const record = readHistory(await ledger.history()).get(unit.migration.id);
  const { event, thaw, ...more } = ending;
  await ledger.advance(record?.status ?? 'pending', {
    ...migrationEvent(context, event, unit),
    ...more,
    rows: rowsOf(progress),
    durationMs: Math.round(engine.clock.monotonicMs() - unit.startedAt),
  });
  const isUntouched = progress.frozenAt === null && progress.rowsDone === 0;
  if (isUntouched) await store.remove();
  else await store.stop(withDelta(progress.statistics, since));
  if (thaw && !isUntouched) await store.thaw();
  await connection.query(rawSql('commit'));
  return progress;
}

function rowsOf({ tables }: Progress): readonly TableRows[] {
  return tables.map(({ schema, table, ...counts }) => ({
    table: new QualifiedName(schema, table).toString(),
    ...counts,
    strategy: 'delete',
  }));
}

/** Whoever holds the migration now has recorded what became of this run, or will. */
const NOT_OURS_TO_RECORD: ReadonlySet<string> = new Set([
  'HYG_BATCH_SUPERSEDED',
  'HYG_LOCK_HELD',
  'HYG_RUN_COMMIT_UNKNOWN',
]);

/**
 * Rolls back the batch at work and writes `failed` or `cancelled`.
 * @returns the error to end with
 */
export async function recordBatchFailure(
  unit: BatchUnit,
  since: Delta,
  thrown: unknown,
): Promise<HygieneError> {
  const { session, signal, logger } = unit.context.engine;
  const { id } = unit.migration;
  const error = signal.aborted ? cancelledError(signal) : asBatchError(thrown, id, 0);
  if (NOT_OURS_TO_RECORD.has(error.code)) {
    if (!session.connection.isLost()) await session.connection.query(rawSql('rollback'));
    return error;
  }
  try {
    if (session.connection.isLost() || isConnectionError(thrown)) await session.reconnect();
    const progress = await recordEnd(unit, since, endingOf(error, thrown, signal.aborted));
    return progress === null ? error : asBatchError(error, id, progress.rowsDone);
  } catch (unrecorded) {
    logger.warn(
      { migration: id, reason: eventError(unrecorded) },
      'the failure could not be recorded; the next run will record it as interrupted',
    );
    return error;
  }
}

function endingOf(error: HygieneError, thrown: unknown, isAborted: boolean): Ending {
  const isCancelled = isAborted || error.code === 'HYG_BATCH_CANCELLED';
  return {
    event: isCancelled ? 'cancelled' : 'failed',
    error: eventError(thrown instanceof HygieneError ? thrown : error),
    thaw: error.code === 'HYG_VERIFY_FAILED',
  };
}
