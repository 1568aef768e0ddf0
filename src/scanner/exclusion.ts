import type { Table } from '../catalog/model.ts';
import type { Sql } from '../kernel/sql.ts';
import type { ApartReason } from './finding.ts';

/** Rows that are not to be reported, whatever speaks against them. */
export interface Exclusion {
  readonly table: Table;
  /** On the columns of the table, by their names. */
  readonly condition: Sql;
  readonly reason: Extract<ApartReason, 'protected' | 'suppressed'>;
  /** Why, in the words of the config; null where it gives none. */
  readonly says: string | null;
}
