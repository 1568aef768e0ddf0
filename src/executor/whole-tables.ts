import type { Table } from '../catalog/model.ts';
import { readWindowFacts } from '../catalog/read-window-facts.ts';
import type { WindowFacts } from '../catalog/window-facts.ts';
import type { Connection } from '../database/connection.ts';
import type { Closure } from '../planner/closure.ts';
import { countAll } from './table-sizes.ts';

/** What is known about tables that may be locked as a whole. */
export interface WholeTables {
  readonly facts: WindowFacts;
  /** Rows of each of them. */
  readonly totals: ReadonlyMap<Table, number>;
}

/**
 * The facts about every table that a purge may lock.
 * @param counted tables that were counted already
 */
export async function readWholeTables(
  connection: Connection,
  closure: Closure,
  counted: ReadonlyMap<Table, number>,
): Promise<WholeTables> {
  const others = closure.tables.filter((table) => !counted.has(table));
  return {
    facts: await readWindowFacts(
      connection,
      closure.tables.map(({ oid }) => oid),
    ),
    totals: new Map([...counted, ...(await countAll(connection, others))]),
  };
}
