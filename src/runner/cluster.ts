import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { firingTriggers } from '../catalog/partitions.ts';
import { resolveTable } from '../catalog/resolve.ts';
import { inCluster, tablesToClose } from '../planner/cluster.ts';
import { planClosure } from '../planner/plan-closure.ts';
import type { Step } from '../planner/steps.ts';
import type { Window } from '../planner/strategy.ts';
import { checkClusterRun } from '../policy/cluster.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';

/**
 * The tables of a cluster that a migration may change, each by the root of its partition tree: those of
 * its steps, or all where it has statements of its own.
 * @throws HygieneError of steps that do not fit the database
 */
export function clusterTables(catalog: Catalog, migration: RunnableMigration): readonly Table[] {
  const all = inCluster(catalog.tables.values());
  if (all.length === 0) return [];
  const { up } = migration;
  const touched =
    up.kind === 'steps' && !isFreeForm(migration)
      ? up.steps.flatMap((step) => tablesOf(catalog, step))
      : all.filter(mayChange);
  const roots = touched.map(({ root }) => tableByOid(catalog, root));
  return inCluster(new Set(roots));
}

/**
 * The same, if the migration can run with them.
 * @throws HygieneError HYG_REFUSED_CLUSTER, or of steps that do not fit the database
 */
export function assertFitForCluster(
  catalog: Catalog,
  migration: RunnableMigration,
  window: Window,
): readonly Table[] {
  const tables = clusterTables(catalog, migration);
  const triggers = tables.flatMap((table) =>
    (['delete', 'update'] as const)
      .flatMap((event) => firingTriggers(catalog, table, event))
      .map((each) => `${each.trigger.name} on ${each.table.name.toString()}`),
  );
  const refusal = checkClusterRun(migration.id, {
    ...{ tables, triggers, window },
    isBatched: migration.transaction === 'batched',
    isFreeForm: isFreeForm(migration),
  });
  if (refusal !== null) throw refusal;
  return tables;
}

/** For people who rely on the proofs: what was proven for these tables without counting them. */
export function batchRemarks(tables: readonly Table[]): readonly string[] {
  if (tables.length === 0) return [];
  const names = tables.map(({ name }) => name.toString()).join(', ');
  return [
    `Rows of ${names} were not counted for each batch, and PostgreSQL's counters do not see shards: that nothing else was written rests on no trigger firing there.`,
  ];
}

function tablesOf(catalog: Catalog, step: Step): readonly Table[] {
  if (step.kind === 'sql') return [];
  const table = resolveTable(catalog, step.rows.table);
  return step.kind === 'scrub'
    ? [table]
    : tablesToClose(planClosure(catalog, table, step.dependents));
}

function mayChange({ privileges }: Table): boolean {
  return privileges.insert || privileges.update || privileges.delete || privileges.truncate;
}
