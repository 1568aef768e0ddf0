import { incomingForeignKeys } from '../catalog/graph.ts';
import { type Catalog, type ForeignKey, type Table, tableByOid } from '../catalog/model.ts';
import { sharingRows, withAncestors } from '../catalog/partitions.ts';
import type { Closure } from './closure.ts';
import { DependentKeys } from './dependent-keys.ts';
import { assertClearable } from './reference-columns.ts';
import type { Dependents } from './steps.ts';

/**
 * Follows the foreign keys from the root to all tables that can lose rows. What stands behind an
 * edge that is not purged is not looked at. A table that references itself is its own dependent.
 *
 * @throws HygieneError HYG_PLAN_UNKNOWN_DEPENDENT, HYG_PLAN_AMBIGUOUS_DEPENDENT for keys of
 *   `dependents` that fit no edge; HYG_REFUSED_NULLIFY where a reference can never be cleared.
 */
export function planClosure(catalog: Catalog, root: Table, dependents: Dependents): Closure {
  const keys = DependentKeys.of(catalog, {
    dependents,
    root,
    candidates: reachableForeignKeys(catalog, root),
  });
  const reached = reachedTables(catalog, root, keys);
  const holderOf = (table: Table): Table =>
    withAncestors(catalog, table).findLast((each) => reached.has(each)) ?? table;
  const tables = [...new Set([...reached].map(holderOf))];
  const edges = tables.flatMap((parent) =>
    incomingForeignKeys(catalog, parent).map((foreignKey) => ({
      foreignKey,
      child: holderOf(tableByOid(catalog, foreignKey.child)),
      parent,
      action: keys.actionFor(foreignKey),
    })),
  );
  for (const edge of edges) assertClearable(catalog, edge);
  return { root, rootHolder: holderOf(root), tables, edges };
}

/** All foreign keys that lead to the root, directly or through any other. */
function reachableForeignKeys(catalog: Catalog, root: Table): readonly ForeignKey[] {
  return [...follow(catalog, [root], () => true).foreignKeys];
}

/**
 * Where an edge that is not followed comes from a table that shares rows with a reached one (a key
 * of the partitioned table, a purge of one partition), that table is reached as well.
 */
function reachedTables(catalog: Catalog, root: Table, keys: DependentKeys): ReadonlySet<Table> {
  let starts: readonly Table[] = [root];
  for (;;) {
    const { tables, foreignKeys } = follow(
      catalog,
      starts,
      (key) => keys.actionFor(key) === 'purge',
    );
    const overlapping = [...foreignKeys]
      .map((key) => tableByOid(catalog, key.child))
      .filter((child) => !tables.has(child))
      .filter((child) => sharingRows(catalog, child).some((each) => tables.has(each)));
    if (overlapping.length === 0) return tables;
    starts = [...tables, ...overlapping];
  }
}

function follow(
  catalog: Catalog,
  starts: readonly Table[],
  isFollowed: (key: ForeignKey) => boolean,
): { readonly tables: ReadonlySet<Table>; readonly foreignKeys: ReadonlySet<ForeignKey> } {
  const tables = new Set(starts);
  const foreignKeys = new Set<ForeignKey>();
  // A set is walked in the order of adding, and what is added while walking is walked too.
  for (const table of tables) {
    for (const key of incomingForeignKeys(catalog, table)) {
      foreignKeys.add(key);
      if (isFollowed(key)) tables.add(tableByOid(catalog, key.child));
    }
  }
  return { tables, foreignKeys };
}
