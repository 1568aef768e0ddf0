import { stronglyConnectedComponents } from '../catalog/graph.ts';
import { type Catalog, type ForeignKey, type Table, tableByOid } from '../catalog/model.ts';

/** A foreign key between two tables that rows go back to. */
export interface RestoreEdge<T> {
  readonly foreignKey: ForeignKey;
  readonly child: T;
  readonly parent: T;
}

/**
 * The foreign keys between what goes back, as they are now. A key of a partitioned table is also one of
 * its partitions, and the other way round, so tables are compared by their roots.
 */
export function restoreEdges<T extends { readonly table: Table }>(
  catalog: Catalog,
  units: readonly T[],
): readonly RestoreEdge<T>[] {
  const rootOf = (oid: number): number => tableByOid(catalog, oid).root;
  return catalog.foreignKeys
    .filter(({ enforced }) => enforced)
    .flatMap((foreignKey) => {
      const parents = units.filter(({ table }) => table.root === rootOf(foreignKey.parent));
      return units
        .filter(({ table }) => table.root === rootOf(foreignKey.child))
        .flatMap((child) => parents.map((parent) => ({ foreignKey, child, parent })));
    });
}

/**
 * What goes back in one statement, in order: parents first; tables that reference each other in a circle
 * together, since PostgreSQL checks foreign keys at the end of a statement.
 */
export function restoreOrder<T>(
  units: readonly T[],
  edges: readonly RestoreEdge<T>[],
): readonly (readonly T[])[] {
  const parents = new Map<T, T[]>(units.map((unit) => [unit, []]));
  for (const { child, parent } of edges) parents.get(child)?.push(parent);
  return stronglyConnectedComponents(units, (unit) => parents.get(unit) ?? []);
}
