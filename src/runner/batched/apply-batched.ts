import { cancelledError } from '../../database/cancellable.ts';
import { isConnectionError } from '../../database/sqlstate.ts';
import { rawSql } from '../../kernel/sql.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import type { ApplyOutcome } from '../apply-migration.ts';
import type { EventContext } from '../events.ts';
import { asRunError } from '../failures.ts';
import type { RunnableMigration } from '../runnable.ts';
import { BatchLoop } from './batch-loop.ts';
import { superseded } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { claimBatches } from './claim-batches.ts';
import { finishBatches } from './finish.ts';
import { freezeSelection, keyOf } from './freeze.ts';
import type { BatchWork } from './one-batch.ts';
import { batchedPurges } from './purges.ts';
import { reconnect } from './reconnect.ts';
import { recordBatchFailure, recordEnd } from './record-end.ts';
import { nothingSince } from './tallies.ts';
import { Throttle } from './waiting.ts';

const TRIES_MAX = 5;

/**
 * Applies one migration in batches, or goes on with it: claim, list, batch after batch, proof. Whatever
 * happens, each committed batch is whole, archived and counted, and the next run goes on from there.
 * @throws HygieneError when it failed (recorded as `failed` or `cancelled`)
 */
export async function applyBatched(
  context: EventContext,
  migration: RunnableMigration,
): Promise<ApplyOutcome> {
  const { clock, signal } = context.engine;
  if (signal.aborted) throw cancelledError(signal);
  const claim = await claimBatches(context, migration).catch((error: unknown) => {
    throw asRunError(error, migration.id);
  });
  if (claim.kind === 'done') return { kind: 'done elsewhere', status: claim.status };
  if (claim.kind === 'skipped') return claim;
  if (claim.kind === 'paused') return stillPaused(claim.progress);
  const { generation, token } = claim;
  const unit = { context, migration, generation, token, startedAt: clock.monotonicMs() };
  return carryOn(unit);
}

function stillPaused({ requestedBy, rowsDone, rowsTotal, migrationId }: Progress): ApplyOutcome {
  const by = requestedBy ?? 'somebody';
  const why = `paused by ${by}; hygiene resume ${migrationId}   lets it go on`;
  return { kind: 'in_progress', why, rowsDone, rowsTotal };
}

async function carryOn(unit: BatchUnit): Promise<ApplyOutcome> {
  const { engine } = unit.context;
  let loop: BatchLoop | null = null;
  try {
    const throttle = new Throttle(engine);
    await throttle.begin();
    const scene = await freezeSelection(unit);
    const work = { unit, scene, purges: batchedPurges(unit, scene) };
    const store = new ProgressStore(engine.session.connection, engine.names, keyOf(unit));
    const progress = await store.read();
    if (progress?.token !== unit.token) throw superseded(unit.migration.id);
    loop = new BatchLoop(work, progress, throttle);
    const end = await loop.run();
    return end === 'finished' ? await finish(work, loop) : await stop(unit, loop);
  } catch (error) {
    throw await recordBatchFailure(unit, loop?.since ?? nothingSince, error);
  }
}

/** The run's time is over, not the migration. */
async function stop(unit: BatchUnit, loop: BatchLoop): Promise<ApplyOutcome> {
  const { maxDurationMs } = unit.context.engine.settings.batches;
  const why = `stopped after ${String(Math.round((maxDurationMs ?? 0) / 1000))} s (--max-duration)`;
  const progress = await recordEnd(unit, loop.since, { event: 'paused', note: why, thaw: false });
  if (progress === null) throw superseded(unit.migration.id);
  const { rowsDone, rowsTotal } = progress;
  return { kind: 'in_progress', why, rowsDone, rowsTotal };
}

/** A connection that is lost at the very end: the ledger tells whether the end was committed. */
async function finish(work: BatchWork, loop: BatchLoop): Promise<ApplyOutcome> {
  const { unit } = work;
  const { engine } = unit.context;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { evidence, event } = await finishBatches(work, loop.since);
      const durationMs = Math.round(engine.clock.monotonicMs() - unit.startedAt);
      return { kind: 'applied', evidence, event, durationMs, attempts: 1 };
    } catch (error) {
      const { connection } = engine.session;
      const isLost = connection.isLost() || isConnectionError(error);
      if (!isLost || attempt >= TRIES_MAX || engine.signal.aborted) throw error;
      await reconnect(engine, error);
      if (await wasApplied(unit)) return { kind: 'applied unseen' };
    }
  }
}

async function wasApplied({ context, migration }: BatchUnit): Promise<boolean> {
  const { session, names, facts } = context.engine;
  await session.connection.query(rawSql('rollback'));
  const events = await new Ledger(session.connection, names).history();
  return events.some(
    ({ event, migrationId, runId }) =>
      event === 'applied' && migrationId === migration.id && runId === facts.runId,
  );
}
