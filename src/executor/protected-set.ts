import type { Table } from '../catalog/model.ts';
import type { RowSet } from '../planner/steps.ts';

/** A protected set of the config, found in this database. */
export interface ProtectedSet {
  readonly label: string;
  readonly table: Table;
  readonly rows: RowSet;
}
