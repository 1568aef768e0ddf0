import type { Table } from '../catalog/model.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';

/** The columns of a table by which rows of other tables reference it. */
export function referencedColumns(closure: Closure, table: Table): readonly string[] {
  const columns = closure.edges
    .filter((edge) => edge.parent.oid === table.oid)
    .flatMap((edge) => edge.foreignKey.parentColumns);
  return [...new Set(columns)];
}

/**
 * The edges whose rows are not known once all edges were followed: what another edge had found already
 * was not counted on the way, and undeclared edges were not followed at all.
 */
export function edgesToCount({ edges, rootHolder }: Closure): readonly ClosureEdge[] {
  const followed = edges.filter((edge) => edge.action === 'purge');
  const isShared = ({ child }: ClosureEdge): boolean =>
    child.oid === rootHolder.oid ||
    followed.filter((other) => other.child.oid === child.oid).length > 1;
  return edges.filter(
    (edge) => edge.action === 'undeclared' || (edge.action === 'purge' && isShared(edge)),
  );
}
