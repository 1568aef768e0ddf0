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
 * What goes back together, in order: parents first; tables that reference each other in a circle at once,
 * since PostgreSQL checks foreign keys at the end of a statement. Rows and changes of one table are
 * together: what references the table may need either.
 */
export function restoreOrder<T extends { readonly table: Table }>(
  units: readonly T[],
  edges: readonly RestoreEdge<T>[],
): readonly (readonly T[])[] {
  const parents = new Map<T, T[]>(
    units.map((unit) => [unit, units.filter(({ table }) => table.root === unit.table.root)]),
  );
  for (const { child, parent } of edges) parents.get(child)?.push(parent);
  return stronglyConnectedComponents(units, (unit) => parents.get(unit) ?? []);
}

/** Rows that go back may reference a value that the migration had changed: that comes first then. */
export function isOnlyReferenced(
  { foreignKeys }: Catalog,
  { oid, root }: Table,
  columns: readonly string[],
): boolean {
  const isOurs = (table: number): boolean => table === oid || table === root;
  const uses = (names: readonly string[]): boolean => names.some((name) => columns.includes(name));
  return (
    foreignKeys.some(({ parent, parentColumns }) => isOurs(parent) && uses(parentColumns)) &&
    !foreignKeys.some(({ child, childColumns }) => isOurs(child) && uses(childColumns))
  );
}
