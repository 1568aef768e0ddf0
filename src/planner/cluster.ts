import type { Table } from '../catalog/model.ts';
import type { Closure } from './closure.ts';

/** Those of the tables that Citus keeps. */
export function inCluster(tables: Iterable<Table>): readonly Table[] {
  return [...tables].filter(({ citus }) => citus !== null);
}

/**
 * The tables of a cluster that nobody else may write to while rows of the closure go: those that lose rows
 * or references, and all that could get a row meanwhile which references one that goes.
 */
export function tablesToClose({ tables, edges }: Closure): readonly Table[] {
  return inCluster(new Set([...tables, ...edges.map(({ child }) => child)]));
}
