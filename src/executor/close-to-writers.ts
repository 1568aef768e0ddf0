import type { Catalog, Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { lockAgainstWriters, useOneConnectionPerNode } from '../database/dialect/citus.ts';
import { inCluster } from '../planner/cluster.ts';

/**
 * Keeps all other writers out of tables of a cluster until the end of the transaction. They are locked in
 * the order of their names, so that two runs cannot lock crosswise.
 * @param tables of a cluster; the first thing that the transaction does with them
 */
export async function closeToWriters(
  connection: Connection,
  catalog: Catalog,
  tables: readonly Table[],
): Promise<void> {
  if (tables.length === 0) return;
  if (hasUndividedTable(catalog)) await useOneConnectionPerNode(connection);
  const names = tables.map(({ name }) => name).sort((a, b) => (a.quoted < b.quoted ? -1 : 1));
  await connection.query(lockAgainstWriters(names));
}

function hasUndividedTable(catalog: Catalog): boolean {
  return inCluster(catalog.tables.values()).some(({ citus }) => citus?.column === null);
}
