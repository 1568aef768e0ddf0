import type { Catalog, Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { countAll, estimateAll } from '../executor/table-sizes.ts';
import { inCluster } from '../planner/cluster.ts';
import type { TableReport, TableExtent } from './evidence.ts';

/** Counting so many takes a fraction of a second. */
const COUNTED_MAX = 1_000_000;

/** The reports with the rows before and after. A table that the role may not read has none. */
export async function withExtents(
  connection: Connection,
  catalog: Catalog,
  reports: readonly TableReport[],
): Promise<readonly TableReport[]> {
  const known = new Map<string, Table>();
  for (const table of catalog.tables.values()) {
    if (table.privileges.select) known.set(table.name.toString(), table);
  }
  const tables = reports.flatMap(({ table }) => known.get(table) ?? []);
  const inShards = await countAll(connection, inCluster(tables));
  const here = tables.filter((table) => !inShards.has(table));
  const estimates = await estimateAll(connection, here);
  const isSmall = (table: Table): boolean => (estimates.get(table) ?? 0) <= COUNTED_MAX;
  const counts = new Map([...inShards, ...(await countAll(connection, here.filter(isSmall)))]);
  return reports.map((report) => {
    const table = known.get(report.table);
    if (table === undefined) return report;
    return { ...report, extent: extentOf(report, counts.get(table), estimates.get(table) ?? 0) };
  });
}

function extentOf(
  { removed, strategy }: TableReport,
  count: number | undefined,
  estimate: number,
): TableExtent {
  if (count !== undefined) return { before: count + removed, after: count, counted: true };
  // Rows that were deleted still take their place; those of a rewrite do not.
  const after = strategy === 'rewrite' ? estimate : Math.max(0, estimate - removed);
  return { before: after + removed, after, counted: false };
}
