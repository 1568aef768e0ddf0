import type { CheckResult } from '../authoring/expect.ts';
import type { ArchiveRecord } from '../archive/archive.ts';
import { introspect } from '../catalog/introspect.ts';
import { type Catalog, findTable, tableByOid } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { applySettings, watchedSettings } from '../database/settings.ts';
import { ChangeCounters, type TableChange } from '../executor/change-counters.ts';
import { CommitFence } from '../executor/commit-fence.ts';
import { type ProtectedChange, ProtectedRows } from '../executor/protected-rows.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sql } from '../kernel/sql.ts';
import { checkSpent } from '../policy/budget.ts';
import { judgeChanges, type RecordedSideEffect, type SideEffect } from '../policy/changes.ts';
import { judgeProtectedChanges } from '../policy/protected-changes.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { resolveProtectedSets } from './protected-sets.ts';
import type { RunnableMigration } from './runnable.ts';
import { StepRunner, type StepReport, type TableReport } from './steps.ts';
import { type Verification, verifyReadOnly } from './verification.ts';

/** Everything that was done and proven inside the transaction, before it commits. */
export interface Evidence {
  readonly steps: readonly StepReport[];
  readonly tables: readonly TableReport[];
  readonly archives: readonly ArchiveRecord[];
  readonly checks: readonly CheckResult[];
  readonly sideEffects: readonly RecordedSideEffect[];
  /** Sentences for people: what other sessions did, a verify that proves nothing. */
  readonly remarks: readonly string[];
  readonly fence: CommitFence;
}

/**
 * Steps 3 to 9 of a migration, in an open transaction that holds the run lock: baseline, work, proof.
 * Nothing is committed here. @see docs/how-it-works.md
 */
export async function doAndProve(
  engine: Engine,
  connection: Connection,
  unit: { readonly migration: RunnableMigration; readonly generation: number },
): Promise<Evidence> {
  const { names } = engine;
  const { migration, generation } = unit;
  await applySettings(connection, transactionSettings(engine));
  await assertWatchedSettings(connection);
  const counters = new ChangeCounters(connection, [names.schema, names.archiveSchema]);
  await counters.takeBaseline();
  const catalog = await introspect(connection, {
    excludeSchemas: [names.schema, names.archiveSchema],
  });
  const protectedSets = resolveProtectedSets(catalog, engine.settings.protect);
  const protectedRows = new ProtectedRows(connection, protectedSets);
  await protectedRows.takeBaseline();
  const fence = new CommitFence(connection, names.schema);
  await fence.arm();

  const before = await verifyBefore(connection, catalog, migration);
  const { role } = await queryOne<{ role: string }>(connection, sql`select current_user::text as role`);
  const place = { schema: names.archiveSchema, migrationId: migration.id, generation };
  const steps = new StepRunner({
    connection,
    catalog,
    role,
    protectedSets,
    logger: engine.logger,
    place,
  });
  await steps.run(migration);
  await fence.checkDeferredConstraints();
  await assertWatchedSettings(connection);

  const changes = await counters.changes();
  const sideEffects = judgeCounters(engine, { catalog, migration, steps, changes });
  const remarks = judgeProtected(catalog, steps, { changes, compared: await protectedRows.compare() });
  const after = await verifyAfter(connection, { catalog, migration, before });
  return {
    steps: steps.reports,
    tables: steps.tables,
    archives: steps.archive.records,
    checks: after.checks,
    sideEffects,
    remarks: [...remarks, ...provesNothing(before, after, steps)],
    fence,
  };
}

/** Both settings could hide changes from the proofs, so they are looked at before and after. */
async function assertWatchedSettings(connection: Connection): Promise<void> {
  const { trackCounts, replicationRole } = await watchedSettings(connection);
  if (trackCounts && replicationRole === 'origin') return;
  const setting = trackCounts ? `session_replication_role = ${replicationRole}` : 'track_counts = off';
  throw new HygieneError('HYG_REFUSED_SETTINGS', {
    message: `${setting}: changes would go unseen, or foreign keys unchecked.`,
    hint: trackCounts
      ? 'Run without it: hygiene never needs it, whatever the foreign keys are.'
      : 'Ask the administrator to set track_counts = on (the default).',
  });
}

/** Shows later whether verify can fail at all, and remembers what `unchanged` compares with. */
async function verifyBefore(
  connection: Connection,
  catalog: Catalog,
  migration: RunnableMigration,
): Promise<Verification | null> {
  try {
    return await verifyReadOnly({ connection, catalog, before: null, repeat: 'all' }, migration);
  } catch (error) {
    if (error instanceof HygieneError && error.code === 'HYG_VERIFY_ERROR') return null;
    throw error;
  }
}

async function verifyAfter(
  connection: Connection,
  scope: {
    readonly catalog: Catalog;
    readonly migration: RunnableMigration;
    readonly before: Verification | null;
  },
): Promise<Verification> {
  const { catalog, migration } = scope;
  const before = scope.before?.fingerprints ?? null;
  const after = await verifyReadOnly({ connection, catalog, before, repeat: 'all' }, migration);
  const failed = after.checks.filter((check) => !check.passed);
  if (failed.length > 0) throw verifyFailed(migration.id, failed);
  return after;
}

export function verifyFailed(id: string, failed: readonly CheckResult[]): HygieneError {
  const lines = failed
    .slice(0, 6)
    .map((check) => `  ${check.label}\n    expected ${check.expected}, found ${check.actual}`);
  const more = failed.length > 6 ? [`  and ${String(failed.length - 6)} more`] : [];
  return new HygieneError('HYG_VERIFY_FAILED', {
    message: [`${String(failed.length)} of the checks of ${id} failed:`, ...lines, ...more].join('\n'),
    hint: 'Nothing was kept. Correct the purge (or the check), then run again.',
    details: { failed },
  });
}

interface CounterScope {
  readonly catalog: Catalog;
  readonly migration: RunnableMigration;
  readonly steps: StepRunner;
  readonly changes: readonly TableChange[];
}

function judgeCounters(engine: Engine, scope: CounterScope): readonly RecordedSideEffect[] {
  const { catalog, migration, steps, changes } = scope;
  const freeForm = isFreeForm(migration);
  const sideEffects = declaredSideEffects(catalog, engine.settings.sideEffects);
  const rowsRemoved = changedRows(changes, sideEffects);
  const recorded = judgeChanges(
    changes.map((change) => ({ ...change, table: change.table.toString() })),
    {
      expected: steps.expectedChanges(),
      sideEffects,
      freeForm,
      rowsRemoved,
    },
  );
  // Purge and scrub steps of a list have budgets of their own; in a function all of it is the author's.
  const announced = migration.up.kind === 'steps' ? steps.rowsRemoved + steps.rowsChanged : 0;
  const spent = { step: migration.id, rows: rowsRemoved - announced };
  const overspent = freeForm ? checkSpent(migration.budget, spent) : null;
  if (overspent !== null) throw overspent;
  return recorded;
}

/** Only statements of the author's own can do what no step has announced. */
function isFreeForm({ up }: RunnableMigration): boolean {
  return up.kind !== 'steps' || up.steps.some((step) => step.kind === 'sql');
}

/** Rows removed or changed in all tables, but for what the application's own triggers write. */
function changedRows(changes: readonly TableChange[], sideEffects: readonly SideEffect[]): number {
  const aside = new Set(sideEffects.map(({ table }) => table));
  return changes
    .filter(({ table }) => !aside.has(table.toString()))
    .reduce((sum, { updated, deleted }) => sum + updated + deleted, 0);
}

function declaredSideEffects(
  catalog: Catalog,
  declared: Engine['settings']['sideEffects'],
): readonly SideEffect[] {
  return declared.map(({ table, reason, perRemovedRow }) => {
    const found = resolveTable(catalog, table);
    const root = tableByOid(catalog, found.root);
    return { table: root.name.toString(), reason, rowsPerRemoved: perRemovedRow ?? 1 };
  });
}

function judgeProtected(
  catalog: Catalog,
  steps: StepRunner,
  seen: { readonly changes: readonly TableChange[]; readonly compared: readonly ProtectedChange[] },
): readonly string[] {
  const announced = steps.expectedChanges();
  return judgeProtectedChanges(
    seen.compared.map((change) => {
      const table = findTable(catalog, change.table.schema, change.table.name);
      const root = table === null ? change.table : tableByOid(catalog, table.root).name;
      const done = seen.changes.find((each) => each.table.equals(root));
      const planned = announced.get(root.toString());
      const unannouncedChanges =
        (done?.deleted ?? 0) + (done?.updated ?? 0) - (planned?.deleted ?? 0) - (planned?.updated ?? 0);
      return { ...change, table: change.table.toString(), unannouncedChanges };
    }),
  );
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
