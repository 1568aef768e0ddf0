import type { Table } from '../catalog/model.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { buildPlan } from '../planner/build-plan.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { Budget } from '../planner/steps.ts';
import { undeclaredRefusal } from '../planner/undeclared.ts';
import { checkBudget } from '../policy/budget.ts';
import { checkNullKeep } from '../policy/null-keep.ts';
import { checkProtectedHits } from '../policy/protected-rows.ts';
import type { BatchedPurge } from './batch.ts';
import { countRows } from './count-rows.ts';
import { countLeaf } from './leaves.ts';
import { protectedHits } from './protected-rows.ts';
import { countedRows, type PurgeScope } from './purge.ts';
import { Selection } from './selection.ts';

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
  const { connection, catalog, prefix, earlier, protectedSets } = scope;
  const { rows } = step;
  const selection = new Selection(connection, {
    rows,
    closure: split.inner,
    prefix,
    lock: false,
    earlier,
  });
  await selection.prepare();
  const counts = await countRows(connection, countedRows(scope, closure.root, rows));
  const rootRows = await selection.selectRows();
  await selection.selectDependents();
  const edges = new Map<ClosureEdge, number>(
    split.inner.edges.map((edge) => [edge, selection.edgeCount(edge)]),
  );
  const doomed = new Map<Table, number>(
    selection.doomedTables.map((work) => [work.table, selection.count(work)]),
  );
  for (const leaf of split.leaves) {
    const counted = await countLeaf(connection, leaf, selection);
    doomed.set(leaf.table, counted.rows);
    for (const [edge, referencing] of counted.byEdge) edges.set(edge, referencing);
  }
  const changed = new Map(
    selection.changed.map(({ work }) => [work.table, selection.count(work)] as const),
  );
  const totals = new Map([[closure.root, counts.total]]);
  const nullPredicateRows = counts.unknown;
  const plan = buildPlan(catalog, {
    closure,
    counts: { doomed, edges, changed, totals, nullPredicateRows },
    archive: step.archive,
    guard: step.guard,
  });
  const undeclared = [...edges]
    .map(([edge, referencing]) => ({ edge, rows: referencing }))
    .filter((each) => each.edge.action === 'undeclared' && each.rows > 0);
  const sum = [...doomed.values()].reduce((total, each) => total + each, 0);
  const refusals = [
    checkNullKeep(label, rows.mode, counts.unknown),
    undeclared.length === 0 ? null : undeclaredRefusal(catalog, undeclared, step.dependents),
    checkProtectedHits(label, await protectedHits(connection, protectedSets, selection)),
    checkBudget(budget, { step: label, rows: sum, rootRows, rootTotal: counts.total }),
  ].filter((refusal) => refusal !== null);
  return { selection, plan, refusals };
}
