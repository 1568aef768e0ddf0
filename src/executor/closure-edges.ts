import type { Table } from '../catalog/model.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';
import type { WorkTable } from './selection-sql.ts';

/**
 * The lists of the rows that go, by table.
 * @param edges all foreign keys by which dependents are found, also those that are followed later
 */
export function doomedLists(
  { tables }: Closure,
  edges: readonly ClosureEdge[],
  prefix: string,
): ReadonlyMap<number, WorkTable> {
  return new Map(
    tables.map((table, at) => {
      const name = new QualifiedName('pg_temp', `hygiene_${prefix}_doomed_${String(at + 1)}`);
      return [table.oid, { name, table, referenced: referencedColumns(edges, table) }];
    }),
  );
}

/** The columns of a table by which rows of other tables reference it. */
function referencedColumns(edges: readonly ClosureEdge[], table: Table): readonly string[] {
  const columns = edges
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
