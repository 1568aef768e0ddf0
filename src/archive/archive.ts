import type { Connection } from '../database/connection.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';

export interface ArchivedRows {
  /** Where the rows come from. */
  readonly source: QualifiedName;
  readonly archive: QualifiedName;
  /** Joins the source (by its own name) with the work table that lists the rows. */
  readonly selected: { readonly workTable: QualifiedName; readonly condition: Sql };
}

/**
 * Copies rows into a table of the same column types: what came out can go back without a conversion.
 * The table is made by the first copy; rows that are taken later are added to it.
 * @returns how many rows were copied
 */
export async function archiveRows(connection: Connection, rows: ArchivedRows, first: boolean): Promise<number> {
  const { source, archive, selected } = rows;
  const alias = new ColumnName(source.name);
  const copy = sql`
    select ${alias}.*
      from ${source}
      join ${selected.workTable} as w on ${selected.condition}
  `;
  const statement = first
    ? sql`create table ${archive} as ${copy}`
    : sql`insert into ${archive} ${copy}`;
  const { rowCount } = await connection.query(statement);
  return rowCount;
}
