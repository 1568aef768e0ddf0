import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { buildPlan, estimateDelete } from '../planner/build-plan.ts';
import { chooseStrategy } from '../planner/choose-strategy.ts';
import type { Closure } from '../planner/closure.ts';
import type { PlanCounts, PurgePlan } from '../planner/plan.ts';
import { scannedKeys } from '../planner/scanned-keys.ts';
import type { StrategyChoice } from '../planner/strategy.ts';
import { undeclaredRefusal } from '../planner/undeclared.ts';
import { checkBudget } from '../policy/budget.ts';
import { checkNullKeep } from '../policy/null-keep.ts';
import { checkProtectedHits } from '../policy/protected-rows.ts';
import { checkStrategy } from '../policy/strategy.ts';
import { checkUnindexed } from '../policy/unindexed.ts';
import type { RowCounts } from './count-rows.ts';
import { protectedHits } from './protected-rows.ts';
import type { PreparedPurge, PurgeScope } from './prepare-purge.ts';
import type { SelectedRows } from './selected-rows.ts';
import { estimateAll } from './table-sizes.ts';
import { type WholeTables, readWholeTables } from './whole-tables.ts';

/** What a purge would do, and every reason why it may not. */
export interface PurgeAssessment {
  /** Rows of all tables, and of the row set; those of earlier rounds included. */
  readonly rows: number;
  readonly rootRows: number;
  readonly refusals: readonly HygieneError[];
  /** As it was selected; the work tables are emptied when newcomers are looked for. */
  readonly plan: PurgePlan;
}

/** Rows that earlier rounds of the same purge have removed already. */
export interface Taken {
  readonly rows: number;
  readonly rootRows: number;
}

export const NOTHING_TAKEN: Taken = { rows: 0, rootRows: 0 };

export interface Selected {
  readonly selection: SelectedRows;
  readonly counts: RowCounts;
  /** Rows of the row set itself that were selected in this round. */
  readonly rootRows: number;
  readonly taken: Taken;
  /** Where it was read already. */
  readonly whole?: WholeTables;
}

/** As much of a purge as its assessment needs. */
export type AssessedPurge = Pick<PreparedPurge, 'step' | 'label' | 'closure'>;

/** Asks the policies about what was selected, and prices the ways to remove it. */
export async function assess(
  scope: PurgeScope,
  prepared: AssessedPurge,
  selected: Selected,
): Promise<{ readonly assessment: PurgeAssessment; readonly choice: StrategyChoice }> {
  const { catalog, connection } = scope;
  const { step, label, closure } = prepared;
  const { selection, counts, taken } = selected;
  const rootRows = taken.rootRows + selected.rootRows;
  const doomed = selection.tables.reduce((sum, table) => sum + selection.doomedCount(table), 0);
  const rows = taken.rows + doomed;
  const undeclared = closure.edges
    .filter((edge) => edge.action === 'undeclared')
    .map((edge) => ({ edge, rows: selection.edgeCount(edge) }))
    .filter((each) => each.rows > 0);
  const hits = await protectedHits(connection, scope.protectedSets, { selection, closure });
  const { plan, choice, planCounts } = await planOf(scope, prepared, selected);
  const isOnline = scope.window === 'online';
  const refusals = [
    checkNullKeep(label, step.rows.mode, counts.unknown),
    undeclared.length === 0 ? null : undeclaredRefusal(catalog, undeclared, step.dependents),
    checkProtectedHits(label, hits),
    checkBudget(step.budget, { step: label, rows, rootRows, rootTotal: counts.total, isOnline }),
    checkStrategy(label, { asked: scope.strategy, role: scope.role }, choice),
    isOnline ? checkUnindexed(label, scannedKeys(catalog, closure, planCounts)) : null,
  ].filter((refusal) => refusal !== null);
  return { assessment: { rows, rootRows, refusals, plan }, choice };
}

/** The same data for `plan`, for the ledger and for reports. */
async function planOf(
  scope: PurgeScope,
  prepared: AssessedPurge,
  selected: Selected,
): Promise<{ plan: PurgePlan; choice: StrategyChoice; planCounts: PlanCounts }> {
  const { connection, catalog, window, isFreeForm, strategy } = scope;
  const { closure, step } = prepared;
  const { archive } = step;
  const guard = step.guard !== null;
  const whole =
    window === 'online'
      ? null
      : (selected.whole ??
        (await readWholeTables(
          connection,
          closure,
          new Map([[closure.root, selected.counts.total]]),
        )));
  const counts = await planCountsOf(scope, closure, { ...selected, whole });
  const question = { closure, counts, archive, window, isFreeForm, asked: strategy };
  const choice = chooseStrategy(
    catalog,
    { ...question, facts: whole?.facts ?? null },
    estimateDelete(question),
  );
  const earlier = scope.earlier.map(({ table }) => table);
  const plan = buildPlan(catalog, { closure, counts, window, choice, archive, guard, earlier });
  return { plan, choice, planCounts: counts };
}

async function planCountsOf(
  { connection, catalog, window }: PurgeScope,
  closure: Closure,
  known: Omit<Selected, 'whole'> & { readonly whole: WholeTables | null },
): Promise<PlanCounts> {
  const { selection, counts, whole } = known;
  const doomed = new Map(
    closure.tables.map((table) => [table, selection.doomedCount(table)] as const),
  );
  return {
    doomed,
    edges: new Map(closure.edges.map((edge) => [edge, selection.edgeCount(edge)])),
    changed: new Map(selection.changed.map(({ work }) => [work.table, selection.count(work)])),
    totals: new Map([...(whole?.totals ?? []), [closure.root, counts.total]]),
    estimates:
      window === 'online'
        ? await estimateAll(connection, scannedChildren(catalog, closure, doomed))
        : new Map(),
    nullPredicateRows: counts.unknown,
  };
}

/** Tables that each removed row would scan: how long that takes depends on their size. */
function scannedChildren(
  catalog: Catalog,
  { edges }: Closure,
  doomed: ReadonlyMap<Table, number>,
): readonly Table[] {
  return edges
    .filter(({ foreignKey }) => foreignKey.enforced && !foreignKey.indexed)
    .filter(({ parent }) => (doomed.get(parent) ?? 0) > 0)
    .map(({ foreignKey }) => tableByOid(catalog, foreignKey.child));
}
