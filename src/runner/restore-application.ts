import { introspect } from '../catalog/introspect.ts';
import { type Catalog, findTable, type Table, tableByOid } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { ChangeCounters } from '../executor/change-counters.ts';
import { ClusterCounts } from '../executor/cluster-counts.ts';
import { ProtectedRows } from '../executor/protected-rows.ts';
import { restoreRows } from '../executor/restoration.ts';
import type { RestoredTable } from '../executor/restore-stage.ts';
import { suspects } from '../executor/restore-errors.ts';
import type { ArchivedTable } from '../executor/restore-units.ts';
import type { RecordedSideEffect } from '../policy/changes.ts';
import { inCluster } from '../planner/cluster.ts';
import { judgeProtectedChanges } from '../policy/protected-changes.ts';
import { judgeRestore, type RestoredChange } from '../policy/restored-changes.ts';
import type { Engine } from './engine.ts';
import { declaredSideEffects, referenceOf } from './proofs.ts';
import { resolveProtectedSets } from './protected-sets.ts';

export interface ArchivedApplication {
  readonly migrationId: string;
  readonly archives: readonly ArchivedTable[];
  readonly skipExisting: boolean;
}

/** What a restore did and proved, before it commits. */
export interface Restoration {
  readonly tables: readonly RestoredTable[];
  readonly sideEffects: readonly RecordedSideEffect[];
  readonly remarks: readonly string[];
}

/**
 * Puts back what an application has archived and proves it, in an open transaction of the caller: rows and
 * changes as the archive holds them, nothing else changed, protected rows as they were. Nothing is
 * committed or recorded here.
 * @throws HygieneError of `restoreRows`, HYG_RUN_RESTORE_DIFFERS, HYG_RUN_UNPLANNED_CHANGE,
 *   HYG_RUN_PROTECTED_CHANGED; the caller rolls back
 */
export async function restoreApplication(
  engine: Engine,
  connection: Connection,
  application: ArchivedApplication,
): Promise<Restoration> {
  const { names, settings, progress } = engine;
  const { migrationId, archives } = application;
  const ownSchemas = [names.schema, names.archiveSchema];
  const counters = new ChangeCounters(connection, ownSchemas, 'hygiene_restore_baseline');
  await counters.takeBaseline();
  const catalog = await introspect(connection, { excludeSchemas: ownSchemas });
  const cluster = await ClusterCounts.take(connection, catalog, filledTables(catalog, archives));
  const protectedSets = resolveProtectedSets(catalog, settings.protect);
  const protectedRows = new ProtectedRows(connection, protectedSets, 'hygiene_restore_protected');
  await protectedRows.takeBaseline();
  const rowsTotal = archives.reduce((sum, { rows }) => sum + rows, 0);
  const tables = await restoreRows({
    ...application,
    ...{ connection, catalog, protectedSets },
    progress: (table) => {
      progress({
        ...{ migrationId, table, rowsTotal },
        phase: 'restoring',
        rowsDone: 0,
        waitingFor: null,
      });
    },
  });
  const expected = expectedChanges(catalog, tables);
  const changes = await cluster.changes(counters, expected);
  const sideEffects = judgeRestore(
    changes.map((change) => ({
      ...change,
      table: change.table.toString(),
      reference: referenceOf(catalog, change.table),
    })),
    {
      expected,
      sideEffects: declaredSideEffects(catalog, settings.sideEffects),
      triggers: suspects(catalog, tables),
    },
  );
  const compared = await protectedRows.compare(cluster.tables);
  const remarks = judgeProtectedChanges(
    compared.map((change) => ({
      ...change,
      table: change.table.toString(),
      unannouncedChanges: 0,
    })),
  );
  return { tables, sideEffects, remarks: [...remarks, ...cluster.remarks()] };
}

/** The tables of a cluster that get rows or values back, each by the root of its partition tree. */
function filledTables(
  catalog: Catalog,
  archives: ArchivedApplication['archives'],
): readonly Table[] {
  const roots = archives.flatMap(({ source }) => {
    const table = findTable(catalog, source.schema, source.name);
    return table === null ? [] : [tableByOid(catalog, table.root)];
  });
  return inCluster(new Set(roots));
}

/** By the root of each partition tree, as the counters are summed. */
function expectedChanges(
  catalog: Catalog,
  tables: readonly RestoredTable[],
): ReadonlyMap<string, RestoredChange> {
  const expected = new Map<string, RestoredChange>();
  for (const { table, kind, restored } of tables) {
    const root = tableByOid(catalog, table.root).name.toString();
    const { inserted, updated } = expected.get(root) ?? { inserted: 0, updated: 0 };
    expected.set(
      root,
      kind === 'rows'
        ? { inserted: inserted + restored, updated }
        : { inserted, updated: updated + restored },
    );
  }
  return expected;
}
