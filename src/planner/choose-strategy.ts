import type { Catalog, ForeignKey, Table } from '../catalog/model.ts';
import type { WindowFacts } from '../catalog/window-facts.ts';
import type { Closure } from './closure.ts';
import type { PlanCounts } from './plan.ts';
import type { Strategy, StrategyChoice, SwitchedKey, Window } from './strategy.ts';
import {
  checkedMicroseconds,
  commonMicroseconds,
  deletedMicroseconds,
  rewrittenMicroseconds,
  switchedMicroseconds,
  type TableLoad,
} from './strategy-cost.ts';
import { clusterObstacle, keyObstacle, keySwitch } from './strategy-obstacles.ts';
import { rowsOf } from './row-numbers.ts';
import { rewritableTables } from './rewritable-tables.ts';

export interface StrategyQuestion {
  readonly closure: Closure;
  readonly counts: PlanCounts;
  readonly archive: boolean;
  readonly window: Window;
  /** Read where the window is open; null online. */
  readonly facts: WindowFacts | null;
  /** The migration has statements of its own, whose inserts a TRUNCATE would hide from the proofs. */
  readonly isFreeForm: boolean;
  /** What somebody asked for; null leaves the choice to the prices. */
  readonly asked: Strategy | null;
}

const ONLY_IN_WINDOW = 'only in the maintenance window (--maintenance)';

/**
 * Prices the three strategies for one purge and takes the cheapest that is possible. Whoever asks for
 * one that is not possible gets it nevertheless: its obstacle is for the policy to refuse.
 * @param deleteMs what `delete` costs beside others, who lock and are locked, in milliseconds
 */
export function chooseStrategy(
  catalog: Catalog,
  question: StrategyQuestion,
  deleteMs: number,
): StrategyChoice {
  const pricing: Pricing = { ...question, catalog, loads: tableLoads(question) };
  const candidates = [
    deleteCandidate(question.window === 'online' ? deleteMs : deleteAloneMs(pricing)),
    detachCandidate(pricing),
    rewriteCandidate(pricing),
  ];
  const cheapest = candidates
    .filter(({ obstacle }) => obstacle === null)
    .reduce((best, each) => (each.estimatedMs < best.estimatedMs ? each : best));
  const chosen = candidates.find(({ strategy }) => strategy === question.asked) ?? cheapest;
  return {
    strategy: chosen.strategy,
    options: candidates.map(({ strategy, estimatedMs, obstacle }) => ({
      strategy,
      estimatedMs,
      obstacle,
    })),
    rewritten: chosen.rewritten,
    detached: chosen.detached,
    foreignOwners: foreignOwners(question.facts, chosen.detached),
  };
}

function foreignOwners(
  facts: WindowFacts | null,
  detached: readonly SwitchedKey[],
): readonly string[] {
  const owners = detached.map(({ key }) => facts?.keys.get(key.oid)?.foreignOwner ?? null);
  return [...new Set(owners.filter((owner) => owner !== null))];
}

interface Pricing extends StrategyQuestion {
  readonly catalog: Catalog;
  readonly loads: readonly TableLoad[];
}

interface Candidate {
  readonly strategy: Strategy;
  readonly estimatedMs: number;
  readonly obstacle: string | null;
  readonly rewritten: readonly Table[];
  readonly detached: readonly SwitchedKey[];
}

function deleteCandidate(estimatedMs: number): Candidate {
  return { strategy: 'delete', estimatedMs, obstacle: null, rewritten: [], detached: [] };
}

/** In the window no row is locked, so it is the checks alone that tell it from `detach`. */
function deleteAloneMs(pricing: Pricing): number {
  const { catalog, loads } = pricing;
  const byOid = new Map(loads.map((load) => [load.table.oid, load]));
  const checks = switchedKeys(pricing, new Set()).map(({ key }) =>
    checkedMicroseconds({
      key,
      parents: byOid.get(key.parent)?.doomed ?? 0,
      childRows: byOid.get(key.child)?.rows ?? catalog.tables.get(key.child)?.estimatedRows ?? 0,
    }),
  );
  const checked = checks.reduce((sum, each) => sum + each, 0);
  return estimateMs(pricing, { rewritten: new Set(), detached: [] }) + Math.round(checked / 1000);
}

function detachCandidate(pricing: Pricing): Candidate {
  const detached = switchedKeys(pricing, new Set());
  const none = detached.length === 0 ? 'no foreign key leads to rows that go' : null;
  return {
    strategy: 'detach',
    estimatedMs: estimateMs(pricing, { rewritten: new Set(), detached }),
    obstacle:
      none ?? clusterObstacle(pricing.closure, 'detach') ?? windowObstacle(pricing, detached),
    rewritten: [],
    detached,
  };
}

function rewriteCandidate(pricing: Pricing): Candidate {
  const { facts, isFreeForm, asked, loads, catalog } = pricing;
  const worth = loads
    .filter(({ doomed }) => doomed > 0)
    .filter(
      (load) => asked === 'rewrite' || rewrittenMicroseconds(load) < deletedMicroseconds(load),
    )
    .map(({ table }) => table);
  const { tables, obstacle } =
    facts === null ? { tables: worth, obstacle: null } : rewritableTables(catalog, facts, worth);
  const rewritten = new Set(tables);
  const detached = switchedKeys(pricing, rewritten);
  const own = isFreeForm ? 'the migration has statements of its own' : null;
  const none = worth.length === 0 ? 'no table loses so much that it pays' : obstacle;
  return {
    strategy: 'rewrite',
    estimatedMs: estimateMs(pricing, { rewritten, detached }),
    obstacle:
      clusterObstacle(pricing.closure, 'rewrite') ??
      none ??
      own ??
      windowObstacle(pricing, detached),
    rewritten: tables,
    detached,
  };
}

function windowObstacle(
  { catalog, facts, window }: Pricing,
  detached: readonly SwitchedKey[],
): string | null {
  if (facts === null || window === 'online') return ONLY_IN_WINDOW;
  const obstacles = detached.map((switched) => keyObstacle(catalog, facts, switched));
  return obstacles.find((each) => each !== null) ?? null;
}

/**
 * Keys that would be checked row by row, those of rows that are put back, and those that stand in the
 * way of a TRUNCATE: it takes a table only together with all that reference it, enforced or not.
 */
function switchedKeys(
  { catalog, closure, facts, loads }: Pricing,
  rewritten: ReadonlySet<Table>,
): readonly SwitchedKey[] {
  const doomed = new Set(loads.filter((load) => load.doomed > 0).map(({ table }) => table));
  const emptied = new Set([...rewritten].map(({ oid }) => oid));
  const incoming = closure.edges
    .filter(({ parent }) => doomed.has(parent))
    .map(({ foreignKey }) => foreignKey);
  const outgoing = catalog.foreignKeys.filter(({ child }) => emptied.has(child));
  const standsInTheWay = ({ parent, child }: ForeignKey): boolean =>
    emptied.has(parent) && !emptied.has(child);
  return [...new Set([...incoming, ...outgoing])]
    .filter((key) => key.enforced || standsInTheWay(key))
    .map((key) => ({ key, how: standsInTheWay(key) ? 'drop and add' : keySwitch(facts, key) }));
}

function estimateMs(
  { catalog, counts, loads, archive }: Pricing,
  done: { readonly rewritten: ReadonlySet<Table>; readonly detached: readonly SwitchedKey[] },
): number {
  const left = new Map(loads.map(({ table, rows, doomed }) => [table.oid, rows - doomed]));
  const childRows = ({ child }: ForeignKey): number =>
    left.get(child) ?? catalog.tables.get(child)?.estimatedRows ?? 0;
  const removed = loads.map((load) =>
    done.rewritten.has(load.table) ? rewrittenMicroseconds(load) : deletedMicroseconds(load),
  );
  const micros =
    removed.reduce((sum, each) => sum + each, 0) +
    switchedMicroseconds(done.detached.map(({ key }) => ({ key, childRows: childRows(key) }))) +
    commonMicroseconds({ loads, changed: [...(counts.changed?.values() ?? [])], archive });
  return Math.round(micros / 1000);
}

function tableLoads({ closure, counts }: StrategyQuestion): readonly TableLoad[] {
  return closure.tables.map((table) => {
    const doomed = counts.doomed.get(table) ?? 0;
    return { table, doomed, rows: Math.max(rowsOf(table, counts), doomed) };
  });
}
