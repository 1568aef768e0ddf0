import { CancellableConnection } from '../../database/cancellable.ts';
import type { Connection } from '../../database/connection.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import type { BatchedPurge } from '../../executor/batch.ts';
import { createFrozenList } from '../../executor/frozen-list.ts';
import {
  assessPurge,
  type PreparedPurge,
  preparePurge,
  type PurgeScope,
} from '../../executor/purge.ts';
import type { WorkTable } from '../../executor/selection-sql.ts';
import { rawSql } from '../../kernel/sql.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { FrozenStep, Progress, StartProofs } from '../../ledger/progress-rows.ts';
import type { Budget, PurgeStep } from '../../planner/steps.ts';
import type { Fingerprint } from '../checks.ts';
import { type Engine, runLock, transactionSettings } from '../engine.ts';
import { assertWatchedSettings, verifyBefore } from '../main-transaction.ts';
import { superseded } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { batchedPurges, type BatchScene, readScene } from './purges.ts';

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
  await assertWatchedSettings(connection);
  const store = new ProgressStore(connection, engine.names, keyOf(unit));
  const progress = await store.lock();
  if (progress?.token !== unit.token) throw superseded(unit.migration.id);
  const scene = await readScene(engine, connection);
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
  const proofs = progress.proofs ?? (await proofsBefore(freezing));
  const steps: FrozenStep[] = [];
  const earlier: WorkTable[] = [];
  for (const [at, purge] of batchedPurges(unit, scene).entries()) {
    const scope = {
      connection: freezing.connection,
      ...scene,
      prefix: `f${String(at + 1)}`,
      lock: false,
      earlier: [...earlier],
    };
    const step = budgeted(purge.step, progress.statistics.doneByStep[at] ?? 0);
    const prepared = await preparePurge(scope, step);
    steps.push(await listStep(scope, prepared, purge));
    earlier.push(...prepared.selection.doomedTables);
  }
  const planned = steps
    .flatMap(({ plan }) => plan.tables)
    .reduce((sum, { doomed, changed }) => sum + doomed + changed, 0);
  await store.freeze({ checksum, steps, rowsTotal: progress.rowsDone + planned, proofs });
}

async function listStep(
  scope: PurgeScope,
  prepared: PreparedPurge,
  { label, list }: BatchedPurge,
): Promise<FrozenStep> {
  const { refusals, plan } = await assessPurge(scope, prepared);
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  const rows = await createFrozenList(scope.connection, list, prepared.selection);
  return { label, list: list.name.name, rows, plan };
}

/** What earlier lists of the same migration have taken counts too; its least was reached by them. */
function budgeted(step: PurgeStep, rowsDone: number): PurgeStep {
  const { min, max, maxShare } = step.budget;
  const first = { ...(min !== undefined && { min }), ...(maxShare !== undefined && { maxShare }) };
  const budget: Budget = {
    ...(rowsDone === 0 && first),
    max: max === undefined ? NO_LIMIT : Math.max(0, max - rowsDone),
  };
  return { ...step, budget };
}

async function proofsBefore({ unit, connection, scene }: Freezing): Promise<StartProofs> {
  const taken: Fingerprint[] = [];
  const { catalog } = scene;
  const before = await verifyBefore({ connection, catalog, taken }, unit.migration);
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
