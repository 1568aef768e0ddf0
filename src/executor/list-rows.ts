import type { Connection } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import { rowIdentity, sameRow } from './row-identity.ts';
import { type EdgeSelection, selectReferencing, type WorkTable } from './selection-sql.ts';

export interface Listing {
  readonly round: number;
  /** Lists whose rows are spoken for already. */
  readonly excluded: readonly WorkTable[];
  /** Fills the list, but for the rows of other lists. */
  readonly statement: (excluded: readonly WorkTable[]) => Sql;
}

/**
 * Lists rows. Of a cluster's table first everything, then without what other lists have: Citus joins such
 * a table with a list, but compares no row of it with a second one.
 * @returns how many rows are new
 */
export async function listRows(
  connection: Connection,
  into: WorkTable,
  { round, excluded, statement }: Listing,
): Promise<number> {
  const isInCluster = into.table.citus !== null;
  const { rowCount } = await connection.query(statement(isInCluster ? [] : excluded));
  let rows = rowCount;
  for (const other of isInCluster && rows > 0 ? excluded : []) {
    rows -= (await connection.query(takeOut(into, other, round))).rowCount;
  }
  return rows;
}

/** Lists the rows that reference newly doomed rows through one foreign key. @returns how many are new */
export function listReferencing(
  connection: Connection,
  into: WorkTable,
  { round, ...edge }: EdgeSelection & { readonly round: number },
): Promise<number> {
  return listRows(connection, into, {
    round,
    excluded: edge.excluded,
    statement: (excluded) => selectReferencing(into, { ...edge, excluded }, round),
  });
}

/** Takes rows of this round out again that the other list has, or the same list had before. */
function takeOut(into: WorkTable, other: WorkTable, round: number): Sql {
  const before = other === into ? sql`and hygiene_listed.hygiene_round < ${round}::int` : sql``;
  return sql`
    delete from ${into.name} as hygiene_new
     using ${other.name} as hygiene_listed
     where ${sameRow(rowIdentity(into.table), 'hygiene_new', 'hygiene_listed')}
       and hygiene_new.hygiene_round = ${round}::int ${before}
  `;
}
