import type { Archive } from '../archive/archive.ts';
import type { Catalog, Table } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { checkBudget } from '../policy/budget.ts';
import { checkNullKeep } from '../policy/null-keep.ts';
import { checkProtectedHits } from '../policy/protected-rows.ts';
import { buildPlan } from '../planner/build-plan.ts';
import type { Closure } from '../planner/closure.ts';
import { type RemovalGroup, removalOrder } from '../planner/order.ts';
import type { PurgePlan } from '../planner/plan.ts';
import { planClosure } from '../planner/plan-closure.ts';
import type { PurgeStep, RowSet } from '../planner/steps.ts';
import { undeclaredRefusal } from '../planner/undeclared.ts';
import { accessFacts, assertAccessible, changedTables } from './access-facts.ts';
import { countRows, type RowCounts } from './count-rows.ts';
import { type ObserveWork, selecting } from './observe.ts';
import { protectedHits, type ProtectedSet } from './protected-rows.ts';
import { Removal } from './removal.ts';
import { Selection } from './selection.ts';
import type { CountedRows, WorkTable } from './selection-sql.ts';

/** How often rows that came up while the purge ran are taken in, before it gives up. */
const NEWCOMER_ROUNDS_MAX = 3;

export interface PurgeScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly role: string;
  readonly protectedSets: readonly ProtectedSet[];
  /** Names the step's temporary tables; unique in the transaction. */
  readonly prefix: string;
  /** False while planning: nothing may be locked then. */
  readonly lock: boolean;
  /** Rows that earlier steps of the same plan have taken already. */
  readonly earlier: readonly WorkTable[];
  /** Told while it goes on; nobody looks while planning. */
  readonly observe?: ObserveWork;
}

/** What a purge would do, and every reason why it may not. */
export interface PurgeAssessment {
  /** Rows of all tables, and of the row set; those of earlier rounds included. */
  readonly rows: number;
  readonly rootRows: number;
  readonly refusals: readonly HygieneError[];
  /** As it was selected; the work tables are emptied when newcomers are looked for. */
  readonly plan: PurgePlan;
}

/** A purge whose tables are resolved and whose work tables exist; nothing is selected yet. */
export interface PreparedPurge {
  readonly step: PurgeStep;
  readonly label: string;
  readonly closure: Closure;
  readonly order: readonly RemovalGroup[];
  readonly selection: Selection;
}

/** Rows that earlier rounds of the same purge have removed already. */
interface Taken {
  readonly rows: number;
  readonly rootRows: number;
}

const NOTHING_TAKEN: Taken = { rows: 0, rootRows: 0 };

/**
 * Selects and says what would happen.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function assessPurge(
  scope: PurgeScope,
  prepared: PreparedPurge,
): Promise<PurgeAssessment> {
  const counts = await countRows(
    scope.connection,
    countedRows(scope, prepared.closure.root, prepared.step.rows),
  );
  return assess(scope, prepared, { counts, taken: NOTHING_TAKEN });
}

/**
 * Selects, asks the policies, archives and removes, and takes in what has come up meanwhile.
 * @returns the assessment of the first round, and what was done over all rounds
 * @throws HygieneError of the first policy that refuses; nothing is kept then, as the caller rolls back
 */
export async function carryOutPurge(
  scope: PurgeScope,
  step: PurgeStep,
  archive: Archive,
): Promise<{ readonly label: string; readonly plan: PurgePlan; readonly removal: Removal }> {
  const prepared = await preparePurge(scope, step);
  const { label } = prepared;
  scope.observe?.(selecting(prepared.closure.root));
  const counts = await countRows(
    scope.connection,
    countedRows(scope, prepared.closure.root, step.rows),
  );
  const removal = new Removal(scope.connection, step.archive ? archive : null, scope.observe);
  const first = await assess(scope, prepared, { counts, taken: NOTHING_TAKEN });
  let taken = await takeRound(prepared, first, removal);
  for (let round = 1; taken.rows > 0; round += 1) {
    await prepared.selection.clear();
    const next = await assess(scope, prepared, { counts, taken });
    if (next.rootRows === taken.rootRows) break;
    if (round > NEWCOMER_ROUNDS_MAX) throw tooManyNewcomers(label);
    taken = await takeRound(prepared, next, removal);
  }
  return { label, plan: first.plan, removal };
}

/** A table as the step will find it: without the rows that earlier steps of the same plan take. */
export function countedRows({ earlier }: PurgeScope, table: Table, rows: RowSet): CountedRows {
  return { table, rows, excluded: earlier.filter((work) => work.table.root === table.root) };
}

async function takeRound(
  prepared: PreparedPurge,
  { refusals, rows, rootRows }: PurgeAssessment,
  removal: Removal,
): Promise<Taken> {
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  await removal.carryOut(prepared.selection, prepared.order);
  return { rows, rootRows };
}

/**
 * Resolves the purge in this database and makes its work tables; the last thing that needs to write
 * when it is only planned.
 */
export async function preparePurge(scope: PurgeScope, step: PurgeStep): Promise<PreparedPurge> {
  const { connection, catalog, prefix, lock, earlier, observe } = scope;
  const root = resolveTable(catalog, step.rows.table);
  const closure = planClosure(catalog, root, step.dependents);
  assertAccessible(scope, accessFacts(closure), changedTables(closure));
  const selection = new Selection(connection, {
    rows: step.rows,
    closure,
    prefix,
    lock,
    earlier,
    observe,
  });
  await selection.prepare();
  const label = `purge ${root.name.toString()}`;
  return { step, label, closure, order: removalOrder(closure), selection };
}

async function assess(
  scope: PurgeScope,
  prepared: PreparedPurge,
  known: { readonly counts: RowCounts; readonly taken: Taken },
): Promise<PurgeAssessment> {
  const { step, label, closure, selection } = prepared;
  const { counts, taken } = known;
  const rootRows = taken.rootRows + (await selection.selectRows());
  await selection.selectDependents();
  const rows = taken.rows + doomedRows(selection);
  const undeclared = closure.edges
    .filter((edge) => edge.action === 'undeclared')
    .map((edge) => ({ edge, rows: selection.edgeCount(edge) }))
    .filter((each) => each.rows > 0);
  const hits = await protectedHits(scope.connection, scope.protectedSets, selection);
  const refusals = [
    checkNullKeep(label, step.rows.mode, counts.unknown),
    undeclared.length === 0 ? null : undeclaredRefusal(scope.catalog, undeclared, step.dependents),
    checkProtectedHits(label, hits),
    checkBudget(step.budget, { step: label, rows, rootRows, rootTotal: counts.total }),
  ].filter((refusal) => refusal !== null);
  return { rows, rootRows, refusals, plan: planOf(scope.catalog, prepared, counts) };
}

/** The same data for `plan`, for the ledger and for reports. */
function planOf(catalog: Catalog, prepared: PreparedPurge, counts: RowCounts): PurgePlan {
  const { selection, closure, step } = prepared;
  return buildPlan(catalog, {
    closure,
    counts: {
      doomed: new Map(selection.doomedTables.map((work) => [work.table, selection.count(work)])),
      edges: new Map(closure.edges.map((edge) => [edge, selection.edgeCount(edge)])),
      changed: new Map(selection.changed.map(({ work }) => [work.table, selection.count(work)])),
      totals: new Map([[closure.root, counts.total]]),
      nullPredicateRows: counts.unknown,
    },
    archive: step.archive,
    guard: step.guard,
  });
}

function doomedRows(selection: Selection): number {
  return selection.doomedTables.reduce((sum, work) => sum + selection.count(work), 0);
}

function tooManyNewcomers(label: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NEWCOMERS', {
    message: `${label}: new matching rows kept coming while it ran, ${String(NEWCOMER_ROUNDS_MAX)} times over.`,
    hint: 'Find what writes them (often a seed that still runs) and stop it, or bound the predicate by time.',
  });
}
