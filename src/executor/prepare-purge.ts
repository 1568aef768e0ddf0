import type { Catalog } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { Connection } from '../database/connection.ts';
import type { Closure } from '../planner/closure.ts';
import { inCluster } from '../planner/cluster.ts';
import { type RemovalGroup, removalOrder } from '../planner/order.ts';
import { planClosure } from '../planner/plan-closure.ts';
import type { PurgeStep } from '../planner/steps.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { checkClusterRows } from '../policy/cluster.ts';
import { accessFacts, assertAccessible, changedTables, changesOf } from './access-facts.ts';
import type { ObserveWork } from './observe.ts';
import type { ProtectedSet } from './protected-set.ts';
import { Selection } from './selection.ts';
import type { WorkTable } from './selection-sql.ts';

/** What a purge works in. */
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
  /** The rows will go batch by batch. */
  readonly spread: boolean;
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

/**
 * Resolves the purge in this database and makes its work tables; the last thing that needs to write
 * when it is only planned. In the window it shows only under the locks whether rows are listed at all.
 */
export async function preparePurge(scope: PurgeScope, step: PurgeStep): Promise<PreparedPurge> {
  const { connection, prefix, spread, earlier, observe } = scope;
  const { label, closure, order } = resolvePurge(scope, step);
  const isWindowRun = scope.lock && isInWindow(scope, closure);
  // In the window tables are locked instead of rows.
  const lock = scope.lock && !isWindowRun;
  const { rows } = step;
  const selection = new Selection(connection, {
    rows: [rows],
    closure,
    leafEdges: [],
    prefix,
    lock,
    spread,
    earlier,
    observe,
  });
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
  assertAccessible(scope, accessFacts(closure), changesOf(closure));
  const label = `purge ${root.name.toString()}`;
  const order = removalOrder(closure);
  const refusal = checkClusterRows(label, { tables: changedTables(closure), groups: order });
  if (refusal !== null) throw refusal;
  return { label, closure, order };
}

/** A cluster takes its rows the same way whether somebody else is there or not. */
export function isInWindow({ window }: Pick<PurgeScope, 'window'>, { tables }: Closure): boolean {
  return window === 'maintenance' && inCluster(tables).length === 0;
}
