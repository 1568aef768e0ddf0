import { stronglyConnectedComponents } from '../catalog/graph.ts';
import type { Table } from '../catalog/model.ts';
import type { Closure } from './closure.ts';

/** Tables that are removed from by one statement: PostgreSQL checks foreign keys at its end. */
export interface RemovalGroup {
  readonly tables: readonly Table[];
  /** The rows may reference one another: several tables in a circle, or one that references itself. */
  readonly cyclic: boolean;
}

/**
 * The groups in their order, children before parents. Every edge between two doomable tables
 * counts, whatever its action: a doomed row keeps its reference until it goes itself, and only
 * survivors are nullified.
 */
export function removalOrder(closure: Closure): readonly RemovalGroup[] {
  const children = new Map<Table, Table[]>(closure.tables.map((table) => [table, []]));
  for (const { child, parent } of closure.edges) {
    if (children.has(child)) children.get(parent)?.push(child);
  }
  const childrenOf = (table: Table): readonly Table[] => children.get(table) ?? [];
  return stronglyConnectedComponents(closure.tables, childrenOf).map((tables) => ({
    tables,
    cyclic: tables.length > 1 || tables.some((table) => childrenOf(table).includes(table)),
  }));
}
