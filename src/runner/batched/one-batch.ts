import { Archive, type ArchiveRecord } from '../../archive/archive.ts';
import { findTable, tableByOid } from '../../catalog/model.ts';
import { CancellableConnection } from '../../database/cancellable.ts';
import type { Connection } from '../../database/connection.ts';
import { applySettings, BEGIN } from '../../database/settings.ts';
import { type BatchedPurge, carryOutBatch } from '../../executor/batch.ts';
import { ChangeCounters } from '../../executor/change-counters.ts';
import type { TableTally } from '../../executor/removal.ts';
import { oneStatement, ShortStatements } from '../../executor/statements.ts';
import { countBlocked } from '../../executor/throttle-signals.ts';
import { rawSql, sql } from '../../kernel/sql.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { Progress, Request } from '../../ledger/progress-rows.ts';
import type { Pace } from '../../planner/batch-size.ts';
import { checkBudget } from '../../policy/budget.ts';
import {
  type ExpectedChange,
  judgeChanges,
  NO_CHANGE,
  type RecordedSideEffect,
} from '../../policy/changes.ts';
import { archiveSchemas } from '../archives.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { assertWatchedSettings } from '../main-transaction.ts';
import { declaredSideEffects, referenceOf } from '../proofs.ts';
import { upsertArchives } from './archive-records.ts';
import { superseded } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { keyOf } from './freeze.ts';
import type { BatchScene } from './purges.ts';
import { type Delta, withBatch, withDelta } from './tallies.ts';

/** A batch gives way to the application rather than the other way round. Milliseconds. */
const LOCK_TIMEOUT_MS = 500;
const IDLE_TIMEOUT_MS = 30_000;

export interface BatchWork {
  readonly unit: BatchUnit;
  readonly scene: BatchScene;
  readonly purges: readonly BatchedPurge[];
}

export interface BatchStart {
  readonly pace: Pace;
  /** Others work on the database. */
  readonly isShared: boolean;
  readonly archives: readonly ArchiveRecord[];
  /** What happened since the last checkpoint. */
  readonly since: Delta;
}

export type BatchEnd =
  | {
      readonly kind: 'done';
      readonly progress: Progress;
      readonly archives: readonly ArchiveRecord[];
      /** Listed rows that the batch was about. */
      readonly listed: number;
      /** Sessions that waited for the batch just before it was committed. */
      readonly blocked: number;
    }
  | { readonly kind: 'asked'; readonly request: Request; readonly progress: Progress }
  | { readonly kind: 'finished'; readonly progress: Progress };

/**
 * The next batch: one transaction with the rows, their archive, the proofs and the checkpoint. Where
 * it begins is read in the same transaction, so it does not matter what became of the one before.
 */
export async function runBatch(work: BatchWork, start: BatchStart): Promise<BatchEnd> {
  const { engine } = work.unit.context;
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await connection.query(rawSql(BEGIN));
  await applyBatchSettings(engine, connection);
  const store = new ProgressStore(connection, engine.names, keyOf(work.unit));
  const progress = await store.lock();
  if (progress?.token !== work.unit.token) throw superseded(work.unit.migration.id);
  const next = nextRange(progress, start.pace.size);
  if (progress.request !== null || next === null) {
    await connection.query(rawSql('rollback'));
    return progress.request === null
      ? { kind: 'finished', progress }
      : { kind: 'asked', request: progress.request, progress };
  }
  const end = await carryOut({ work, start, connection, store, progress, next });
  await connection.query(rawSql('commit'));
  return end;
}

async function applyBatchSettings(engine: Engine, connection: Connection): Promise<void> {
  const { limits, batches } = engine.settings;
  const lockTimeoutMs =
    limits.lockTimeoutMs === 0 ? LOCK_TIMEOUT_MS : Math.min(LOCK_TIMEOUT_MS, limits.lockTimeoutMs);
  await applySettings(connection, {
    ...transactionSettings(engine),
    lockTimeoutMs,
    statementTimeoutMs: batches.statementTimeoutMs,
  });
  await connection.query(
    sql`select set_config('idle_in_transaction_session_timeout', ${String(IDLE_TIMEOUT_MS)}, true)`,
  );
}

interface NextRange {
  readonly step: number;
  readonly from: number;
  readonly to: number;
}

/** Null at the end of the last list. */
function nextRange(progress: Progress, size: number): NextRange | null {
  let { step, position } = progress;
  for (;;) {
    const list = progress.steps[step];
    if (list === undefined) return null;
    if (position < list.rows) {
      return { step, from: position, to: Math.min(list.rows, position + size) };
    }
    step += 1;
    position = 0;
  }
}

interface Carrying {
  readonly work: BatchWork;
  readonly start: BatchStart;
  readonly connection: Connection;
  readonly store: ProgressStore;
  readonly progress: Progress;
  readonly next: NextRange;
}

async function carryOut(carrying: Carrying): Promise<Extract<BatchEnd, { kind: 'done' }>> {
  const { work, start, connection, store, progress, next } = carrying;
  const { unit, scene, purges } = work;
  const { engine } = unit.context;
  const { names, clock } = engine;
  const purge = purges[next.step];
  if (purge === undefined) throw new Error(`${unit.migration.id} has no step ${String(next.step)}`);
  const startedAt = clock.monotonicMs();
  await assertWatchedSettings(connection);
  const counters = new ChangeCounters(connection, [names.schema, names.archiveSchema]);
  await counters.takeBaseline();
  const place = { schemas: archiveSchemas(names), ...keyOf(unit) };
  const archive = new Archive(connection, place, start.archives);
  const statements = start.isShared ? new ShortStatements(connection, clock) : oneStatement;
  const scope = { connection, ...scene, archive, statements };
  const outcome = await carryOutBatch(scope, purge, next);
  await connection.query(sql`set constraints all immediate`);
  await assertWatchedSettings(connection);
  const sideEffects = judge(engine, scene, {
    changes: await counters.changes(),
    tallies: outcome.tallies,
  });
  const after = withBatch(progress, { ...outcome, step: next.step, sideEffects });
  assertWithinBudget(purge, after.statistics.doneByStep[next.step] ?? 0);
  if (purge.step.archive) await upsertArchives(unit, connection, archive.records);
  const blocked = await countBlocked(connection);
  const statistics = withDelta(after.statistics, {
    ...start.since,
    workedMs: start.since.workedMs + clock.monotonicMs() - startedAt,
  });
  const checkpoint = {
    ...after,
    step: next.step,
    position: next.to,
    batchSize: start.pace.size,
    statistics,
  };
  await store.checkpoint(checkpoint);
  return {
    kind: 'done',
    progress: { ...progress, ...checkpoint },
    archives: archive.records,
    listed: next.to - next.from,
    blocked,
  };
}

/** Nothing may have changed but what the batch took. */
function judge(
  engine: Engine,
  { catalog }: BatchScene,
  seen: {
    readonly changes: Awaited<ReturnType<ChangeCounters['changes']>>;
    readonly tallies: readonly TableTally[];
  },
): readonly RecordedSideEffect[] {
  const expected = new Map<string, ExpectedChange>();
  for (const { table, removed, changed } of seen.tallies) {
    const found = findTable(catalog, table.schema, table.name);
    const root = found === null ? table : tableByOid(catalog, found.root).name;
    const before = expected.get(root.toString()) ?? NO_CHANGE;
    expected.set(root.toString(), {
      ...before,
      deleted: before.deleted + removed,
      updated: before.updated + changed,
    });
  }
  const observed = seen.changes.map((change) => ({
    ...change,
    table: change.table.toString(),
    reference: referenceOf(catalog, change.table),
  }));
  return judgeChanges(observed, {
    expected,
    sideEffects: declaredSideEffects(catalog, engine.settings.sideEffects),
    freeForm: false,
    rowsRemoved: seen.tallies.reduce((sum, { removed, changed }) => sum + removed + changed, 0),
  });
}

/** Dependents that came after the rows were counted go with their parents, up to the budget. */
function assertWithinBudget({ step, label }: BatchedPurge, rows: number): void {
  const { max } = step.budget;
  if (max === undefined) return;
  const refusal = checkBudget(
    { max },
    { step: label, rows, rootRows: 0, rootTotal: 0, isOnline: false },
  );
  if (refusal !== null) throw refusal;
}
