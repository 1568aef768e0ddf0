import type { Archive } from '../archive/archive.ts';
import type { Catalog } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Closure } from '../planner/closure.ts';
import { inCluster } from '../planner/cluster.ts';
import { type RemovalGroup, removalOrder } from '../planner/order.ts';
import type { PurgePlan } from '../planner/plan.ts';
import { planClosure } from '../planner/plan-closure.ts';
import type { PurgeStep } from '../planner/steps.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { checkClusterRows } from '../policy/cluster.ts';
import { accessFacts, assertAccessible, changedTables } from './access-facts.ts';
import { assess, NOTHING_TAKEN, type PurgeAssessment, type Taken } from './assess-purge.ts';
import { countedRows, countRows } from './count-rows.ts';
import { type ObserveWork, selecting } from './observe.ts';
import type { ProtectedSet } from './protected-rows.ts';
import { purgeInWindow } from './purge-in-window.ts';
import { Removal } from './removal.ts';
import { Selection } from './selection.ts';
import type { WorkTable } from './selection-sql.ts';

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
  readonly window: Window;
  /** The strategy that somebody asked for; null leaves it to the planner. */
  readonly strategy: Strategy | null;
  /** The migration has statements of its own beside its steps. */
  readonly isFreeForm: boolean;
  /** Has deferred constraints checked now. */
  readonly settle: () => Promise<void>;
  /** Told while it goes on; nobody looks while planning. */
  readonly observe?: ObserveWork;
}

/** A purge whose tables are resolved and whose work tables exist; nothing is selected yet. */
export interface PreparedPurge {
  readonly step: PurgeStep;
  readonly label: string;
  readonly closure: Closure;
  readonly order: readonly RemovalGroup[];
  readonly selection: Selection;
}

export interface CarriedOut {
  readonly label: string;
  readonly plan: PurgePlan;
  readonly removal: Removal;
}

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
  const rootRows = await prepared.selection.selectRows();
  await prepared.selection.selectDependents();
  const { selection } = prepared;
  const { assessment } = await assess(scope, prepared, {
    selection,
    counts,
    rootRows,
    taken: NOTHING_TAKEN,
  });
  return assessment;
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
): Promise<CarriedOut> {
  const { connection, observe } = scope;
  const removal = new Removal(connection, step.archive ? archive : null, observe);
  const prepared = await preparePurge(scope, step);
  observe?.(selecting(prepared.closure.root));
  const plan = isInWindow(scope, prepared.closure)
    ? await purgeInWindow({ ...scope, schema: await archive.ownSchema() }, prepared, removal)
    : await purgeOnline(scope, prepared, removal);
  return { label: prepared.label, plan, removal };
}

/** Doomed rows are locked; what has come up while they went is taken too. */
async function purgeOnline(
  scope: PurgeScope,
  prepared: PreparedPurge,
  removal: Removal,
): Promise<PurgePlan> {
  const { selection, closure, step, label } = prepared;
  const counts = await countRows(scope.connection, countedRows(scope, closure.root, step.rows));
  const select = async (taken: Taken): Promise<PurgeAssessment> => {
    const rootRows = await selection.selectRows();
    await selection.selectDependents();
    const known = { selection, counts, rootRows, taken };
    return (await assess(scope, prepared, known)).assessment;
  };
  const first = await select(NOTHING_TAKEN);
  let taken = await takeRound(prepared, first, removal);
  // Tables of a cluster are locked, so that nothing can have come up in them.
  const isOpen = closure.tables.some(({ citus }) => citus === null);
  for (let round = 1; isOpen && taken.rows > 0; round += 1) {
    await selection.clear();
    const next = await select(taken);
    if (next.rootRows === taken.rootRows) break;
    if (round > NEWCOMER_ROUNDS_MAX) throw tooManyNewcomers(label);
    taken = await takeRound(prepared, next, removal);
  }
  return first.plan;
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
 * when it is only planned. In the window it shows only under the locks whether rows are listed at all.
 */
export async function preparePurge(scope: PurgeScope, step: PurgeStep): Promise<PreparedPurge> {
  const { connection, prefix, earlier, observe } = scope;
  const { label, closure, order } = resolvePurge(scope, step);
  const isWindowRun = scope.lock && isInWindow(scope, closure);
  // In the window tables are locked instead of rows.
  const lock = scope.lock && !isWindowRun;
  const { rows } = step;
  const selection = new Selection(connection, { rows, closure, prefix, lock, earlier, observe });
  if (!isWindowRun) await selection.prepare();
  return { step, label, closure, order, selection };
}

/**
 * The purge in this database, without touching it.
 * @throws HygieneError of a table that is not there, or that cannot be worked on
 */
export function resolvePurge(
  scope: Pick<PurgeScope, 'catalog' | 'role'>,
  { rows, dependents }: PurgeStep,
): Pick<PreparedPurge, 'label' | 'closure' | 'order'> {
  const root = resolveTable(scope.catalog, rows.table);
  const closure = planClosure(scope.catalog, root, dependents);
  assertAccessible(scope, accessFacts(closure), changedTables(closure));
  const label = `purge ${root.name.toString()}`;
  const order = removalOrder(closure);
  const refusal = checkClusterRows(label, { tables: changedTables(closure), groups: order });
  if (refusal !== null) throw refusal;
  return { label, closure, order };
}

/** A cluster takes its rows the same way whether somebody else is there or not. */
function isInWindow({ window }: Pick<PurgeScope, 'window'>, { tables }: Closure): boolean {
  return window === 'maintenance' && inCluster(tables).length === 0;
}

function tooManyNewcomers(label: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NEWCOMERS', {
    message: `${label}: new matching rows kept coming while it ran, ${String(NEWCOMER_ROUNDS_MAX)} times over.`,
    hint: 'Find what writes them (often a seed that still runs) and stop it, or bound the predicate by time.',
  });
}
