import type { CheckResult } from '../../authoring/expect.ts';
import { CancellableConnection } from '../../database/cancellable.ts';
import { type Connection, queryOne } from '../../database/connection.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { CommitFence } from '../../executor/commit-fence.ts';
import { counted } from '../../kernel/counts.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { QualifiedName } from '../../kernel/identifiers.ts';
import { rawSql, sql } from '../../kernel/sql.ts';
import type { AppendedEvent } from '../../ledger/events.ts';
import { keepGuards } from '../../ledger/guards.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { BatchStatistics, Progress } from '../../ledger/progress-rows.ts';
import type { Guard } from '../../planner/guard.ts';
import { rowSetCondition } from '../../planner/steps.ts';
import { archiveTables } from '../archives.ts';
import { batchRemarks, clusterTables } from '../cluster.ts';
import { runLock, transactionSettings } from '../engine.ts';
import { evidenceFields, migrationEvent } from '../events.ts';
import { assertGuardsHold, declaredGuards } from '../guards/wanted-guards.ts';
import type { Evidence, StepReport, TableReport } from '../evidence.ts';
import { withExtents } from '../table-extents.ts';
import { verifyReadOnly } from '../verification.ts';
import { readArchives } from './archive-records.ts';
import { superseded } from './batch-errors.ts';
import type { BatchUnit } from './batch-unit.ts';
import { keyOf } from './freeze.ts';
import type { BatchWork } from './one-batch.ts';
import { batchedPurges, type BatchScene, readScene, useOneCore } from './purges.ts';
import { type Delta, withDelta } from './tallies.ts';

export interface Finished {
  readonly evidence: Evidence;
  readonly event: AppendedEvent;
}

/**
 * Proves the whole and records it: verify, `applied`, and the end of the lists, in one transaction
 * under the run lock.
 * @throws HygieneError HYG_VERIFY_FAILED, also when matching rows have come since the rows were listed
 */
export async function finishBatches(work: BatchWork, since: Delta): Promise<Finished> {
  const { unit } = work;
  const { engine } = unit.context;
  const { names, clock } = engine;
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  await useOneCore(connection);
  const store = new ProgressStore(connection, names, keyOf(unit));
  const progress = await store.lock();
  if (progress?.token !== unit.token) throw superseded(unit.migration.id);
  const scene = await readScene(engine, connection);
  const fence = new CommitFence(connection, names.schema);
  await fence.arm();
  const checks = await verifyAfter({ unit, connection, scene, progress });
  const guards = await keptGuards(unit, connection, scene);
  const statistics = withDelta(progress.statistics, since);
  const evidence: Evidence = {
    steps: stepReports(progress),
    tables: await withExtents(connection, scene.catalog, tableReports(progress)),
    archives: await readArchives(unit),
    checks,
    sideEffects: statistics.sideEffects,
    remarks: [
      ...remarksOf(progress, statistics),
      ...batchRemarks(clusterTables(scene.catalog, unit.migration)),
    ],
    guards,
    batches: statistics,
    fence,
  };
  const lists = archiveTables(connection, names);
  for (const { list } of progress.steps) {
    await lists.dropList(new QualifiedName(names.archiveSchema, list));
  }
  await store.remove();
  await fence.release();
  const ledger = new Ledger(connection, names);
  const record = readHistory(await ledger.history()).get(unit.migration.id);
  const event = await ledger.advance(record?.status ?? 'pending', {
    ...migrationEvent(unit.context, 'applied', unit),
    ...evidenceFields(engine, evidence, unit.migration),
    durationMs: Math.round(clock.monotonicMs() - unit.startedAt),
  });
  await connection.query(rawSql('commit'));
  return { evidence, event };
}

/** The last batch leaves nothing that a guard refuses; the guards themselves come after the commit. */
async function keptGuards(
  { context, migration, generation }: BatchUnit,
  connection: Connection,
  scene: BatchScene,
): Promise<readonly Guard[]> {
  const migrationId = migration.id;
  const wanted = await declaredGuards({ connection, ...scene, place: { migrationId } }, migration);
  await assertGuardsHold(connection, wanted);
  const guards = wanted.map(({ guard }) => guard);
  await keepGuards(connection, context.engine.names, { migrationId, generation, guards });
  return guards;
}

interface Proving {
  readonly unit: BatchUnit;
  readonly connection: Connection;
  readonly scene: BatchScene;
  readonly progress: Progress;
}

async function verifyAfter(proving: Proving): Promise<readonly CheckResult[]> {
  const { unit, connection, scene, progress } = proving;
  const before = progress.proofs?.fingerprints ?? [];
  const { catalog } = scene;
  const scanning = unit.context.engine;
  const scope = { connection, catalog, before, repeat: 'all' as const, scanning };
  const { checks } = await verifyReadOnly(scope, unit.migration);
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return checks;
  const came = await countMatching(proving);
  const lines = failed
    .slice(0, 4)
    .map(({ label, expected, actual }) => `  ${label}\n    expected ${expected}, found ${actual}`);
  const more = failed.length > 4 ? [`  and ${String(failed.length - 4)} more`] : [];
  throw new HygieneError('HYG_VERIFY_FAILED', {
    message: [
      `${String(failed.length)} of the checks of ${unit.migration.id} failed:`,
      ...lines,
      ...more,
    ].join('\n'),
    hint:
      came === 0
        ? 'Correct the purge (or the check), then run again: hygiene up'
        : `${counted(came, 'row')} match now that were not listed at ${progress.frozenAt ?? ''}.\n` +
          'hygiene up   lists them anew and takes them; find what writes them first.',
    details: { failed, newcomers: came },
  });
}

/** Every listed row was looked at, so what matches now came, or was changed, since. */
async function countMatching({ unit, connection, scene }: Proving): Promise<number> {
  let matching = 0;
  for (const { step, closure } of batchedPurges(unit, scene)) {
    const { rows } = await queryOne<{ rows: number }>(
      connection,
      sql`select count(*)::float8 as rows from ${closure.root.name} where ${rowSetCondition(step.rows)}`,
    );
    matching += rows;
  }
  return matching;
}

function stepReports({ steps, statistics }: Progress): readonly StepReport[] {
  return steps.map(({ label, plan }, at) => ({
    label,
    plan,
    removed: statistics.doneByStep[at] ?? 0,
    changed: 0,
  }));
}

function tableReports({ tables }: Progress): readonly TableReport[] {
  return tables.map(({ schema, table, ...counts }) => ({
    table: new QualifiedName(schema, table).toString(),
    ...counts,
    strategy: 'delete',
  }));
}

function remarksOf({ proofs, rowsDone }: Progress, { kept }: BatchStatistics): readonly string[] {
  return [
    ...(kept === 0
      ? []
      : [
          `${counted(kept, 'listed row')} did not match any more when their turn came, and were kept.`,
        ]),
    ...(proofs?.couldFail === false && rowsDone > 0
      ? ['verify proves nothing: all its checks passed before the removal too.']
      : []),
  ];
}
