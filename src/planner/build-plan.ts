import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { sha256 } from '../kernel/digest.ts';
import type { Closure, ClosureEdge } from './closure.ts';
import { estimateMs } from './estimate.ts';
import { removalOrder } from './order.ts';
import type { PlanCounts, PlanInput, PlannedEdge, PlannedTable, PurgePlan } from './plan.ts';
import { rowsOf } from './row-numbers.ts';
import type { StrategyChoice } from './strategy.ts';
import { planWarnings } from './warnings.ts';

export function buildPlan(catalog: Catalog, input: PlanInput): PurgePlan {
  const { closure, counts } = input;
  const removal = {
    root: closure.root.name.toString(),
    tables: plannedTables(input),
    edges: closure.edges.map((edge) => plannedEdge(catalog, edge, counts)),
    nullPredicateRows: counts.nullPredicateRows,
    order: removalOrder(closure).map(({ tables }) => tables.map((table) => table.name.toString())),
    strategy: input.choice.strategy,
    options: input.choice.options,
    rewritten: input.choice.rewritten.map(({ name }) => name.toString()),
    detached: input.choice.detached.map(({ key }) => key.name),
  };
  return {
    ...removal,
    estimatedMs: priceOf(input.choice),
    warnings: planWarnings(catalog, input),
    digest: digestOf(removal),
  };
}

/** The digest by which a plan that was approved is recognised. */
function digestOf(plan: Omit<PurgePlan, 'estimatedMs' | 'warnings' | 'digest'>): string {
  const tables = plan.tables.map(({ table, doomed, changed }) => ({ table, doomed, changed }));
  const edges = plan.edges.map(({ constraint, child, parent, action, onDelete, rows }) => ({
    constraint,
    child,
    parent,
    action,
    onDelete,
    rows,
  }));
  return sha256(
    canonicalJson({
      root: plan.root,
      tables: sortedBy(tables, (each) => each.table),
      edges: sortedBy(edges, (each) => `${each.child}.${each.constraint}.${each.parent}`),
      nullPredicateRows: plan.nullPredicateRows,
      strategy: plan.strategy,
    }),
  );
}

function plannedTables({ closure, counts, window, choice }: PlanInput): readonly PlannedTable[] {
  const doomable = new Set(closure.tables);
  const changed = changedRows(closure, counts);
  const referencing = closure.edges.map((edge) => edge.child);
  const switched = new Set(choice.detached.map(({ key }) => key.child));
  return [...new Set([...closure.tables, ...referencing])].map((table) => {
    const doomed = counts.doomed.get(table) ?? 0;
    const total = counts.totals?.get(table) ?? null;
    const isWritten = doomable.has(table) || changed.has(table);
    return {
      table: table.name.toString(),
      doomed,
      changed: changed.get(table) ?? 0,
      total,
      survivors: total === null ? null : total - doomed,
      lock: lockOf({
        isWritten,
        isInCluster: table.citus !== null,
        isWhole: isWritten ? window === 'maintenance' : switched.has(table.oid),
      }),
      locksRows: window === 'online' && doomable.has(table) && table.citus === null,
    };
  });
}

function lockOf({
  isWritten,
  isInCluster,
  isWhole,
}: {
  isWritten: boolean;
  isInCluster: boolean;
  isWhole: boolean;
}): PlannedTable['lock'] {
  if (isInCluster) return 'SHARE ROW EXCLUSIVE';
  if (isWhole) return 'ACCESS EXCLUSIVE';
  return isWritten ? 'ROW EXCLUSIVE' : 'ROW SHARE';
}

/** Where the rows themselves were not counted, the references that they lose. */
function changedRows(closure: Closure, counts: PlanCounts): ReadonlyMap<Table, number> {
  if (counts.changed !== undefined) return counts.changed;
  const changed = new Map<Table, number>();
  for (const edge of closure.edges) {
    if (edge.action !== 'nullify' && edge.action !== 'default') continue;
    const rows = counts.edges.get(edge) ?? 0;
    changed.set(edge.child, (changed.get(edge.child) ?? 0) + rows);
  }
  return changed;
}

function plannedEdge(catalog: Catalog, edge: ClosureEdge, counts: PlanCounts): PlannedEdge {
  const { foreignKey, action } = edge;
  return {
    constraint: foreignKey.name,
    child: tableByOid(catalog, foreignKey.child).name.toString(),
    parent: tableByOid(catalog, foreignKey.parent).name.toString(),
    action,
    onDelete: foreignKey.onDelete,
    rows: counts.edges.get(edge) ?? 0,
    indexed: foreignKey.indexed,
  };
}

function priceOf({ options, strategy }: StrategyChoice): number {
  return options.find((option) => option.strategy === strategy)?.estimatedMs ?? 0;
}

/** What children-first DELETE costs, in milliseconds. */
export function estimateDelete({ closure, counts, archive }: DeletedInput): number {
  return estimateMs({
    archive,
    removed: sum(closure.tables.map((table) => counts.doomed.get(table) ?? 0)),
    changed: sum([...changedRows(closure, counts).values()]),
    checks: closure.edges
      .filter((edge) => edge.foreignKey.enforced)
      .map((edge) => ({
        parents: counts.doomed.get(edge.parent) ?? 0,
        childRows: rowsOf(edge.child, counts),
        indexed: edge.foreignKey.indexed,
      })),
  });
}

type DeletedInput = Pick<PlanInput, 'closure' | 'counts' | 'archive'>;

/** JSON with the keys of every object in order, so that equal plans have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(sortedBy(Object.entries(each), ([name]) => name))
      : each,
  );
}

/** Bytewise, so that the locale of a machine changes no digest. */
function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ item }) => item);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
