import type { CheckResult } from '../authoring/expect.ts';
import { introspect } from '../catalog/introspect.ts';
import type { Catalog } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { applySettings, watchedSettings } from '../database/settings.ts';
import { ChangeCounters } from '../executor/change-counters.ts';
import { ClusterCounts } from '../executor/cluster-counts.ts';
import { CommitFence } from '../executor/commit-fence.ts';
import { ProtectedRows } from '../executor/protected-rows.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sql } from '../kernel/sql.ts';
import { checkBoundCounts } from '../policy/plan-binding.ts';
import { archiveSchemas } from './archives.ts';
import { assertFitForCluster } from './cluster.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { assertGuardsHold } from './guards/wanted-guards.ts';
import { judgeCounters, judgeProtected, withCounted } from './proofs.ts';
import { resolveProtectedSets } from './protected-sets.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';
import { StepRunner } from './steps.ts';
import type { TableReport, Evidence } from './evidence.ts';
import type { Fingerprint } from './checks.ts';
import { type Verification, type VerificationScope, verifyReadOnly } from './verification.ts';
import { withExtents } from './table-extents.ts';
import { WorkProgress } from './work-progress.ts';

interface AppliedUnit {
  readonly migration: RunnableMigration;
  readonly generation: number;
  /** Whether the archive can tell stages apart. */
  readonly staged: boolean;
}

/**
 * Steps 3 to 9 of a migration, in an open transaction that holds the run lock: baseline, work, proof.
 * Nothing is committed here. @see docs/how-it-works.md
 */
export async function doAndProve(
  engine: Engine,
  connection: Connection,
  unit: AppliedUnit,
): Promise<Evidence> {
  const { names } = engine;
  const { migration, generation, staged } = unit;
  const progress = new WorkProgress(migration, engine.progress);
  progress.at('selecting');
  await applySettings(connection, transactionSettings(engine));
  await assertWatchedSettings(connection);
  const counters = new ChangeCounters(connection, [names.schema, names.archiveSchema]);
  await counters.takeBaseline();
  const catalog = await introspect(connection, {
    excludeSchemas: [names.schema, names.archiveSchema],
  });
  const closed = assertFitForCluster(catalog, migration, engine.settings.window);
  const cluster = await ClusterCounts.take(connection, catalog, closed);
  const protectedSets = resolveProtectedSets(catalog, engine.settings.protect);
  const protectedRows = new ProtectedRows(connection, protectedSets);
  await protectedRows.takeBaseline();
  const fence = new CommitFence(connection, names.schema);
  await fence.arm();

  const taken: Fingerprint[] = [];
  const before = await verifyBefore({ connection, catalog, taken, scanning: engine }, migration);
  const { role } = await queryOne<{ role: string }>(
    connection,
    sql`select current_user::text as role`,
  );
  const place = { schemas: archiveSchemas(names), migrationId: migration.id, generation };
  const steps = new StepRunner({
    connection,
    catalog,
    role,
    protectedSets,
    logger: engine.logger,
    ...{ place, staged },
    progress,
    window: engine.settings.window,
    strategy: engine.settings.strategy,
    settle: () => fence.checkDeferredConstraints(),
  });
  await steps.run(migration);
  progress.at('proving');
  if (isFreeForm(migration)) await steps.assertKept();
  else assertAsPlanned(engine, migration, steps.tables);
  await fence.checkDeferredConstraints();
  await assertWatchedSettings(connection);

  const changes = await cluster.changes(counters, steps.expectedChanges());
  const sideEffects = judgeCounters(engine, { catalog, migration, steps, changes });
  const remarks = judgeProtected(catalog, steps, {
    changes,
    compared: await protectedRows.compare(cluster.tables),
  });
  const after = await verifyAfter(engine, { connection, catalog, migration, taken });
  const tables = isFreeForm(migration) ? withCounted(steps, changes, sideEffects) : steps.tables;
  await assertGuardsHold(connection, steps.guards);
  return {
    steps: steps.reports,
    tables: await withExtents(connection, catalog, tables),
    archives: steps.archive.records,
    checks: after.checks,
    sideEffects,
    guards: steps.guards.map(({ guard }) => guard),
    remarks: [...remarks, ...cluster.remarks(), ...provesNothing(before, after, steps)],
    fence,
  };
}

/** The plan was looked at before the run; what counts is what the run itself has found. */
function assertAsPlanned(
  { settings }: Engine,
  { id, checksum }: RunnableMigration,
  reports: readonly TableReport[],
): void {
  if (settings.bound === null) return;
  const { plan, tolerance } = settings.bound;
  const tables = reports.map(({ table, removed, changed }) => ({ table, removed, changed }));
  const refusal = checkBoundCounts(plan, { id, checksum, tables }, tolerance);
  if (refusal !== null) throw refusal;
}

/** Both settings could hide changes from the proofs, so they are looked at before and after. */
export async function assertWatchedSettings(connection: Connection): Promise<void> {
  const { trackCounts, replicationRole } = await watchedSettings(connection);
  if (trackCounts && replicationRole === 'origin') return;
  const setting = trackCounts
    ? `session_replication_role = ${replicationRole}`
    : 'track_counts = off';
  throw new HygieneError('HYG_REFUSED_SETTINGS', {
    message: `${setting}: changes would go unseen, or foreign keys unchecked.`,
    hint: trackCounts
      ? 'Run without it: hygiene never needs it, whatever the foreign keys are.'
      : 'Ask the administrator to set track_counts = on (the default).',
  });
}

/** Shows later whether verify can fail at all, and remembers what `unchanged` compares with. */
export async function verifyBefore(
  scope: Pick<VerificationScope, 'connection' | 'catalog' | 'taken' | 'scanning'>,
  migration: RunnableMigration,
): Promise<Verification | null> {
  try {
    return await verifyReadOnly(
      { ...scope, before: null, repeat: 'all', isProbe: true },
      migration,
    );
  } catch (error) {
    if (error instanceof HygieneError && error.code === 'HYG_VERIFY_ERROR') return null;
    throw error;
  }
}

async function verifyAfter(
  engine: Engine,
  scope: {
    readonly connection: Connection;
    readonly catalog: Catalog;
    readonly migration: RunnableMigration;
    readonly taken: readonly Fingerprint[];
  },
): Promise<Verification> {
  const { connection, catalog, migration, taken: before } = scope;
  const repeat = 'all' as const;
  const after = await verifyReadOnly(
    { connection, catalog, before, repeat, scanning: engine },
    migration,
  );
  const failed = after.checks.filter((check) => !check.passed);
  if (failed.length > 0) throw verifyFailed(migration.id, failed);
  return after;
}

function verifyFailed(id: string, failed: readonly CheckResult[]): HygieneError {
  const lines = failed
    .slice(0, 6)
    .map((check) => `  ${check.label}\n    expected ${check.expected}, found ${check.actual}`);
  const more = failed.length > 6 ? [`  and ${String(failed.length - 6)} more`] : [];
  return new HygieneError('HYG_VERIFY_FAILED', {
    message: [`${String(failed.length)} of the checks of ${id} failed:`, ...lines, ...more].join(
      '\n',
    ),
    hint: 'Nothing was kept. Correct the purge (or the check), then run again.',
    details: { failed },
  });
}

function provesNothing(
  before: Verification | null,
  after: Verification,
  steps: StepRunner,
): readonly string[] {
  if (before === null || steps.rowsRemoved + steps.rowsChanged === 0) return [];
  const telling = before.checks.filter((check) => check.kind !== 'unchanged');
  if (telling.some((check) => !check.passed) || after.checks.length === 0) return [];
  return ['verify proves nothing: all its checks passed before the removal too.'];
}
