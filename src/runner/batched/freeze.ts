import { CancellableConnection } from '../../database/cancellable.ts';
import type { Connection } from '../../database/connection.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { createFrozenList } from '../../executor/frozen-list.ts';
import { assessBatched } from '../../executor/assess-batched.ts';
import type { WorkTable } from '../../executor/selection-sql.ts';
import { rawSql } from '../../kernel/sql.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { FrozenStep, Progress, StartProofs } from '../../ledger/progress-rows.ts';
import type { Budget, PurgeStep } from '../../planner/steps.ts';
import type { Fingerprint } from '../checks.ts';
import { archiveTables } from '../archives.ts';
import { assertFitForCluster } from '../cluster.ts';
import { type Engine, runLock, transactionSettings } from '../engine.ts';
import { declaredGuards } from '../guards/wanted-guards.ts';
import { assertWatchedSettings, verifyBefore } from '../main-transaction.ts';
import { superseded } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { batchedPurges, type BatchScene, readScene, useOneCore, withoutLeaves } from './purges.ts';

/** What one batched run may take is bounded by its budget alone. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Lists the rows of every purge, with exact counts over all that goes with them, in one transaction
 * under the run lock. Whatever refuses, refuses here, before anything is removed. A run that finds
 * the list of an earlier one uses it.
 * @throws HygieneError of the first policy that refuses
 */
export async function freezeSelection(unit: BatchUnit): Promise<BatchScene> {
  const { engine } = unit.context;
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  await useOneCore(connection);
  await assertWatchedSettings(connection);
  const store = new ProgressStore(connection, engine.names, keyOf(unit));
  const progress = await store.lock();
  if (progress?.token !== unit.token) throw superseded(unit.migration.id);
  const scene = await readScene(engine, connection);
  assertFitForCluster(scene.catalog, unit.migration, 'online');
  const isListed = progress.frozenAt !== null && progress.checksum === unit.migration.checksum;
  if (!isListed) await listRows({ unit, engine, connection, store, scene, progress });
  await connection.query(rawSql('commit'));
  return scene;
}

interface Freezing {
  readonly unit: BatchUnit;
  readonly engine: Engine;
  readonly connection: Connection;
  readonly store: ProgressStore;
  readonly scene: BatchScene;
  readonly progress: Progress;
}

async function listRows(freezing: Freezing): Promise<void> {
  const { unit, engine, store, scene, progress } = freezing;
  const { id, checksum } = unit.migration;
  engine.progress({
    migrationId: id,
    phase: 'selecting',
    table: null,
    rowsDone: progress.rowsDone,
    rowsTotal: null,
    waitingFor: null,
  });
  const { connection } = freezing;
  await declaredGuards({ connection, ...scene, place: { migrationId: id } }, unit.migration);
  const proofs = progress.proofs ?? (await proofsBefore(freezing));
  const steps: FrozenStep[] = [];
  const earlier: WorkTable[] = [];
  const lists = archiveTables(freezing.connection, engine.names);
  const purges = batchedPurges(unit, scene);
  for (const [at, each] of purges.entries()) {
    // Rows that are only counted could not be left out of what a later step selects.
    const purge = purges.length === 1 ? each : withoutLeaves(each);
    const scope = {
      connection,
      ...scene,
      prefix: `f${String(at + 1)}`,
      lock: false,
      earlier: [...earlier],
      // Batches leave the tables to the application, whatever the window.
      window: 'online' as const,
      strategy: null,
      spread: true,
      isFreeForm: false,
      settle: () => Promise.resolve(),
    };
    const budget = budgetLeft(purge.step, progress.statistics.doneByStep[at] ?? 0);
    const { selection, plan, refusals } = await assessBatched(scope, purge, budget);
    const [refusal] = refusals;
    if (refusal !== undefined) throw refusal;
    const rows = await createFrozenList(scope.connection, lists, { list: purge.list, selection });
    steps.push({ label: purge.label, list: purge.list.name.name, rows, plan });
    earlier.push(...selection.doomedTables);
  }
  const planned = steps
    .flatMap(({ plan }) => plan.tables)
    .reduce((sum, { doomed, changed }) => sum + doomed + changed, 0);
  await store.freeze({ checksum, steps, rowsTotal: progress.rowsDone + planned, proofs });
}

/** What earlier lists of the same migration have taken counts too; its least was reached by them. */
function budgetLeft({ budget }: PurgeStep, rowsDone: number): Budget {
  const { min, max, maxShare } = budget;
  const first = { ...(min !== undefined && { min }), ...(maxShare !== undefined && { maxShare }) };
  return {
    ...(rowsDone === 0 && first),
    max: max === undefined ? NO_LIMIT : Math.max(0, max - rowsDone),
  };
}

async function proofsBefore({ unit, connection, scene }: Freezing): Promise<StartProofs> {
  const taken: Fingerprint[] = [];
  const { catalog } = scene;
  const before = await verifyBefore(
    { connection, catalog, taken, scanning: unit.context.engine },
    unit.migration,
  );
  const telling = before?.checks.filter(({ kind }) => kind !== 'unchanged') ?? [];
  const couldFail = before === null || telling.some(({ passed }) => !passed);
  return { fingerprints: taken, couldFail };
}

export function keyOf({ migration, generation }: BatchUnit): {
  readonly migrationId: string;
  readonly generation: number;
} {
  return { migrationId: migration.id, generation };
}
