import type { ForeignKey, Table } from '../catalog/model.ts';
import type { DependentAction } from './steps.ts';

/** `undeclared`: nobody said what happens; a refusal as soon as one row is really there. */
export type EdgeAction = DependentAction | 'undeclared';

/** A foreign key through which rows of `child` reference rows that a purge may remove. */
export interface ClosureEdge {
  readonly foreignKey: ForeignKey;
  /** Usually the table that declares the key; where partitions overlap, the table of the closure. */
  readonly child: Table;
  /** The table of the closure that holds the referenced rows; only those of the key's own parent count. */
  readonly parent: Table;
  readonly action: EdgeAction;
}

/** What a purge may touch, whatever the data: the least set that follows every `purge` edge. */
export interface Closure {
  /** The table of the purge's own row set. */
  readonly root: Table;
  /** The table of the closure that holds the root's rows: the root, or what it is a partition of. */
  readonly rootHolder: Table;
  /** The tables that may lose rows, the root's holder first. No two of them share rows. */
  readonly tables: readonly Table[];
  /** Every foreign key that leads to one of the tables. */
  readonly edges: readonly ClosureEdge[];
}
