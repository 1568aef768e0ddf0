import { incomingForeignKeys } from '../catalog/graph.ts';
import { type Catalog, type ForeignKey, type Table, tableByOid } from '../catalog/model.ts';
import { sharingRows, withAncestors } from '../catalog/partitions.ts';
import { DependentKeys } from './dependent-keys.ts';
import { assertClearable } from './reference-columns.ts';
import type { DependentAction, Dependents } from './steps.ts';

/** `undeclared`: nobody said what happens; a refusal as soon as one row is really there. */
export type EdgeAction = DependentAction | 'undeclared';

/** A foreign key through which rows of `child` reference rows that a purge may remove. */
export interface ClosureEdge {
  readonly foreignKey: ForeignKey;
  /** Usually the table that declares the key; where partitions overlap, the table of the closure. */
  readonly child: Table;
  /** The table of the closure that holds the referenced rows; only those of the key's own parent count. */
  readonly parent: Table;
  readonly action: EdgeAction;
}

/** What a purge may touch, whatever the data: the least set that follows every `purge` edge. */
export interface Closure {
  /** The table of the purge's own row set. */
  readonly root: Table;
  /** The table of the closure that holds the root's rows: the root, or what it is a partition of. */
  readonly rootHolder: Table;
  /** The tables that may lose rows, the root's holder first. No two of them share rows. */
  readonly tables: readonly Table[];
  /** Every foreign key that leads to one of the tables. */
  readonly edges: readonly ClosureEdge[];
}

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

/** Whether the edge leads from one doomable table to another, so that removal must mind it. */
export function isInside(closure: Closure, edge: ClosureEdge): boolean {
  return closure.tables.includes(edge.child);
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
