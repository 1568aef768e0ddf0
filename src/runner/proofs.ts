import { type Catalog, findTable, tableByOid } from '../catalog/model.ts';
import { referenceTo, resolveTable } from '../catalog/resolve.ts';
import type { TableChange } from '../executor/change-counters.ts';
import type { ProtectedChange } from '../executor/protected-rows.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { checkSpent } from '../policy/budget.ts';
import { judgeChanges, type RecordedSideEffect, type SideEffect } from '../policy/changes.ts';
import { judgeProtectedChanges } from '../policy/protected-changes.ts';
import type { Engine } from './engine.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';
import type { StepRunner } from './steps.ts';
import type { TableReport } from './evidence.ts';

/** What the counters are held against. */
export interface CounterScope {
  readonly catalog: Catalog;
  readonly migration: RunnableMigration;
  readonly steps: StepRunner;
  readonly changes: readonly TableChange[];
}

/**
 * Holds the counters against the steps: nothing inserted, truncated or changed beyond what was announced.
 * @throws HygieneError HYG_RUN_INSERTED, HYG_RUN_TRUNCATED, HYG_RUN_UNPLANNED_CHANGE, HYG_REFUSED_BUDGET
 */
export function judgeCounters(engine: Engine, scope: CounterScope): readonly RecordedSideEffect[] {
  const { catalog, migration, steps, changes } = scope;
  const freeForm = isFreeForm(migration);
  const sideEffects = declaredSideEffects(catalog, engine.settings.sideEffects);
  const rowsRemoved = changedRows(changes, sideEffects) + steps.rowsRewritten;
  const recorded = judgeChanges(
    changes.map((change) => ({
      ...change,
      table: change.table.toString(),
      reference: referenceOf(catalog, change.table),
    })),
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

export function referenceOf(catalog: Catalog, { schema, name }: QualifiedName): string {
  const table = findTable(catalog, schema, name);
  return table === null ? `${schema}.${name}` : referenceTo(catalog, table);
}

/**
 * What the author's own statements did is known from the counters: all that no step has announced.
 * Nothing of it was archived.
 */
export function withCounted(
  steps: Pick<StepRunner, 'tables' | 'expectedChanges'>,
  changes: readonly TableChange[],
  sideEffects: readonly RecordedSideEffect[],
): readonly TableReport[] {
  const announced = steps.expectedChanges();
  const aside = new Set(sideEffects.map(({ table }) => table));
  const reports = new Map(steps.tables.map((report) => [report.table, report]));
  for (const change of changes) {
    const table = change.table.toString();
    const { deleted, updated } = announced.get(table) ?? { deleted: 0, updated: 0 };
    const removed = change.deleted - deleted;
    const changed = change.updated - updated;
    if (aside.has(table) || (removed <= 0 && changed <= 0)) continue;
    const before = reports.get(table) ?? emptyReport(table);
    reports.set(table, {
      ...before,
      planned: before.planned + Math.max(0, removed),
      removed: before.removed + Math.max(0, removed),
      changed: before.changed + Math.max(0, changed),
    });
  }
  return [...reports.values()];
}

function emptyReport(table: string): TableReport {
  return { table, planned: 0, archived: 0, removed: 0, changed: 0, strategy: 'delete' };
}

/** Rows removed or changed in all tables, but for what the application's own triggers write. */
function changedRows(changes: readonly TableChange[], sideEffects: readonly SideEffect[]): number {
  const aside = new Set(sideEffects.map(({ table }) => table));
  return changes
    .filter(({ table }) => !aside.has(table.toString()))
    .reduce((sum, { updated, deleted }) => sum + updated + deleted, 0);
}

export function declaredSideEffects(
  catalog: Catalog,
  declared: Engine['settings']['sideEffects'],
): readonly SideEffect[] {
  return declared.map(({ table, reason, perRemovedRow }) => {
    const found = resolveTable(catalog, table);
    const root = tableByOid(catalog, found.root);
    return { table: root.name.toString(), reason, rowsPerRemoved: perRemovedRow ?? 1 };
  });
}

/**
 * @returns sentences about what other sessions did to protected rows meanwhile
 * @throws HygieneError HYG_RUN_PROTECTED_CHANGED
 */
export function judgeProtected(
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
        (done?.deleted ?? 0) +
        (done?.updated ?? 0) -
        (planned?.deleted ?? 0) -
        (planned?.updated ?? 0);
      return { ...change, table: change.table.toString(), unannouncedChanges };
    }),
  );
}
