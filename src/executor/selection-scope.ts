import type { Closure, ClosureEdge } from '../planner/closure.ts';
import type { RowSet } from '../planner/steps.ts';
import type { ObserveWork } from './observe.ts';
import type { WorkTable } from './selection-sql.ts';

/** What a selection is about, and what it may do. */
export interface SelectionScope {
  /** The row set, in one piece or in several that have no row in common. */
  readonly rows: readonly RowSet[];
  readonly closure: Closure;
  /** Edges from tables whose rows are not listed: what they reference is listed all the same. */
  readonly leafEdges: readonly ClosureEdge[];
  /** Distinguishes the work tables of several selections in one transaction. */
  readonly prefix: string;
  /** True while removing; false while planning, which may not lock. */
  readonly lock: boolean;
  /** The rows will go batch by batch: one that goes may reference one that goes before it. */
  readonly spread: boolean;
  /** Work tables of earlier steps that the same plan has not carried out. */
  readonly earlier: readonly WorkTable[];
  readonly observe?: ObserveWork | undefined;
}
