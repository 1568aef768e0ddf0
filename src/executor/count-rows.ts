import { type Connection, queryOne } from '../database/connection.ts';
import { asPredicateError } from '../database/predicate-error.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { Table } from '../catalog/model.ts';
import type { RowSet } from '../planner/steps.ts';
import { countFrom } from './table-sizes.ts';
import {
  type CountedRows,
  countTable,
  type JudgedRows,
  sampleShare,
  type WorkTable,
} from './selection-sql.ts';

/** They say well enough what most of the rows are; a smaller table is looked at whole. */
const SAMPLED_PAGES = 300;

export interface RowCounts {
  readonly total: number;
  /** Rows for which the predicate is NULL: they are in neither half. */
  readonly unknown: number;
}

/**
 * Counts a table with the row set's predicate. It is the first statement that uses the predicate,
 * so what is wrong with it shows here, told in the terms of its author.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export function countRows(connection: Connection, counted: CountedRows): Promise<RowCounts> {
  return withPredicateOf(counted, () =>
    counted.table.citus === null
      ? queryOne<RowCounts>(connection, countTable(counted))
      : countInCluster(connection, counted),
  );
}

/**
 * About which share of the table the row set is. It decides how rows are told apart, and never which of
 * them go.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function estimateShare(connection: Connection, judged: JudgedRows): Promise<number> {
  const { share } = await withPredicateOf(judged, () =>
    queryOne<{ share: number }>(connection, sampleShare(judged, SAMPLED_PAGES)),
  );
  return share;
}

/**
 * Does what uses a predicate.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function withPredicateOf<T>(judged: JudgedRows, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { table, rows } = judged;
    throw asPredicateError(error, { table: table.name, predicate: rows.predicate });
  }
}

/**
 * By one condition each: Citus counts in all shards at once by what a WHERE says. What earlier steps of
 * the same plan take is taken off where it is known; a row of theirs with an unknown verdict is not.
 */
async function countInCluster(
  connection: Connection,
  { table, rows, excluded }: CountedRows,
): Promise<RowCounts> {
  const count = (from: Sql): Promise<number> => countFrom(connection, from);
  const verdict = sql`(${rows.predicate})`;
  let taken = 0;
  for (const { name } of excluded) taken += await count(sql`${name}`);
  return {
    total: (await count(sql`${table.name}`)) - taken,
    unknown: await count(sql`${table.name} where ${verdict} is unknown`),
  };
}

/** A table as the step will find it: without the rows that earlier steps of the same plan take. */
export function countedRows(
  { earlier }: { readonly earlier: readonly WorkTable[] },
  table: Table,
  rows: RowSet,
): CountedRows {
  return { table, rows, excluded: earlier.filter((work) => work.table.root === table.root) };
}
