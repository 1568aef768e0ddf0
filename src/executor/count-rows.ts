import { type Connection, queryOne } from '../database/connection.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { maskedSql } from '../kernel/sql.ts';
import type { Table } from '../catalog/model.ts';
import type { RowSet } from '../planner/steps.ts';
import { type CountedRows, countTable, type WorkTable } from './selection-sql.ts';

export interface RowCounts {
  readonly total: number;
  /** Rows for which the predicate is NULL: they are in neither half. */
  readonly unknown: number;
  /** Rows of the row set. */
  readonly matching: number;
}

/**
 * Counts a table with the row set's predicate. It is the first statement that uses the predicate,
 * so what is wrong with it shows here, told in the terms of its author.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function countRows(connection: Connection, counted: CountedRows): Promise<RowCounts> {
  try {
    return await queryOne<RowCounts>(connection, countTable(counted));
  } catch (error) {
    throw asPredicateError(error, counted);
  }
}

/** A table as the step will find it: without the rows that earlier steps of the same plan take. */
export function countedRows(
  { earlier }: { readonly earlier: readonly WorkTable[] },
  table: Table,
  rows: RowSet,
): CountedRows {
  return { table, rows, excluded: earlier.filter((work) => work.table.root === table.root) };
}

/** SQLSTATE classes that mean the text is wrong: syntax and names (42), data and types (22). */
const TEXT_ERRORS = /^(42|22)/;

function asPredicateError(error: unknown, { table, rows }: CountedRows): unknown {
  const facts = databaseErrorFacts(error);
  if (facts === null || !TEXT_ERRORS.test(facts.sqlstate) || facts.sqlstate === '42501')
    return error;
  const name = table.name.toString();
  return new HygieneError('HYG_PLAN_BAD_PREDICATE', {
    message: `The predicate on ${name} is not accepted: ${facts.message}\n  ${maskedSql(rows.predicate).slice(0, 200)}`,
    hint: facts.hint ?? `Try it first: psql -c 'select count(*) from ${name} where …'`,
    details: { table: name, sqlstate: facts.sqlstate },
    cause: error,
  });
}
