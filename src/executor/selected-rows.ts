import type { Table } from '../catalog/model.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { Sql } from '../kernel/sql.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import type { ChangedRows } from './changed-rows.ts';
import type { WorkTable } from './selection-sql.ts';

/**
 * Which rows go and which are changed, once it is known: listed one by one, or told from the survivors.
 * What archives and removes them does not care which.
 */
export interface SelectedRows {
  /** The tables that may lose rows, the purge's own first. */
  readonly tables: readonly Table[];
  /** Rows of the table that go; 0 for a table outside of the closure. */
  doomedCount(table: Table): number;
  /** `from …`: the doomed rows of the table, which goes by its own name. */
  fromDoomed(table: Table): Sql;
  /** True for the doomed rows of `table`, as seen from a table that shares rows with it. */
  isDoomed(table: Table, seenFrom: Table): Sql;
  deleteDoomed(table: Table): Sql;
  /** The rows that stay, copied already; null where nobody has copied them. */
  survivors(table: Table): QualifiedName | null;
  /** Rows that stay but lose references, by table. */
  readonly changed: readonly ChangedRows[];
  /** How many rows a list of changed rows holds. */
  count(work: WorkTable): number;
  /**
   * Asked once references are taken away: whether one leads to a doomed row again, where no counter would
   * see what comes of it.
   * @throws HygieneError HYG_RUN_UNPLANNED_CHANGE
   */
  assertCleared(): Promise<void>;
  /** Rows that reference doomed rows through this foreign key. */
  edgeCount(edge: ClosureEdge): number;
}
