import type { Table } from '../catalog/model.ts';
import type { HygieneError } from '../kernel/errors.ts';
import type { Sql } from '../kernel/sql.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { Budget } from '../planner/steps.ts';
import { assess, NOTHING_TAKEN } from './assess-purge.ts';
import type { BatchedPurge } from './batch.ts';
import type { ChangedRows } from './changed-rows.ts';
import { countLeaf } from './count-leaf.ts';
import { countedRows, countRows } from './count-rows.ts';
import { type Leaf, leafEdges } from './leaves.ts';
import type { PurgeScope } from './prepare-purge.ts';
import type { SelectedRows } from './selected-rows.ts';
import { Selection } from './selection.ts';
import type { WorkTable } from './selection-sql.ts';

/** All that a purge in batches would take, selected once and locked nowhere. */
export interface BatchedAssessment {
  readonly selection: Selection;
  readonly plan: PurgePlan;
  readonly refusals: readonly HygieneError[];
}

/**
 * Selects and counts, and asks every policy that one transaction would be asked.
 * @param budget what is left of the step's own
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function assessBatched(
  scope: PurgeScope,
  { step, label, closure, split }: BatchedPurge,
  budget: Budget,
): Promise<BatchedAssessment> {
  const { connection, prefix, spread, earlier } = scope;
  const { rows } = step;
  const own = {
    rows: [rows],
    closure: split.inner,
    leafEdges: leafEdges(split),
    prefix,
    lock: false,
    spread,
    earlier,
  };
  const selection = new Selection(connection, own);
  await selection.prepare();
  const counts = await countRows(connection, countedRows(scope, closure.root, rows));
  const rootRows = await selection.selectRows();
  await selection.selectDependents();
  const selected = new SelectionWithLeaves(selection, closure.tables);
  for (const leaf of split.leaves) {
    selected.add(leaf, await countLeaf(connection, leaf, selection));
  }
  const { assessment } = await assess(
    scope,
    { step: { ...step, budget }, label, closure },
    { selection: selected, counts, rootRows, taken: NOTHING_TAKEN },
  );
  return { selection, plan: assessment.plan, refusals: assessment.refusals };
}

/** A selection beside which the rows of leaves are only counted; no protected row is among them. */
class SelectionWithLeaves implements SelectedRows {
  readonly tables: readonly Table[];
  readonly #inner: Selection;
  readonly #rows = new Map<Table, number>();
  readonly #edges = new Map<ClosureEdge, number>();

  constructor(inner: Selection, tables: readonly Table[]) {
    this.#inner = inner;
    this.tables = tables;
  }

  add({ table }: Leaf, counted: Awaited<ReturnType<typeof countLeaf>>): void {
    this.#rows.set(table, counted.rows);
    for (const [edge, rows] of counted.byEdge) this.#edges.set(edge, rows);
  }

  get changed(): readonly ChangedRows[] {
    return this.#inner.changed;
  }

  doomedCount(table: Table): number {
    return this.#rows.get(table) ?? this.#inner.doomedCount(table);
  }

  edgeCount(edge: ClosureEdge): number {
    return this.#edges.get(edge) ?? this.#inner.edgeCount(edge);
  }

  count(work: WorkTable): number {
    return this.#inner.count(work);
  }

  fromDoomed(table: Table): Sql {
    return this.#inner.fromDoomed(table);
  }

  isDoomed(table: Table, seenFrom: Table): Sql {
    return this.#inner.isDoomed(table, seenFrom);
  }

  deleteDoomed(table: Table): Sql {
    return this.#inner.deleteDoomed(table);
  }

  assertCleared(): Promise<void> {
    return this.#inner.assertCleared();
  }

  survivors(): null {
    return null;
  }
}
