import type { Table } from '../catalog/model.ts';
import type { PlanCounts } from './plan.ts';

/** Rows of a table as well as they are known: counted, else by its size, else by the statistics. */
export function rowsOf(table: Table, { totals, estimates }: PlanCounts): number {
  return totals?.get(table) ?? estimates?.get(table) ?? table.estimatedRows ?? 0;
}
