import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';
import { removalOrder } from '../planner/order.ts';
import type { RowSet } from '../planner/steps.ts';
import {
  type ChangedRows,
  type ChangeSource,
  changedByTable,
  changeSources,
  createMergedTable,
  mergedLists,
  mergeSources,
} from './changed-rows.ts';
import type { WholeTables } from './whole-tables.ts';
import { edgesToCount } from './closure-edges.ts';
import { withPredicateOf } from './count-rows.ts';
import type { SelectedRows } from './selected-rows.ts';
import { createWorkTable, type WorkTable } from './selection-sql.ts';
import type { SurvivorCopies } from './survivor-copies.ts';
import {
  countDangling,
  countUnknown,
  deleteUnkept,
  fromDoomed,
  isUnkept,
  type Kept,
  type KeptSelection,
  selectDangling,
  selectKept,
} from './survivor-sql.ts';

interface Counted {
  readonly count: number;
}

export interface SurvivorScope {
  readonly rows: RowSet;
  readonly closure: Closure;
  /** About the tables of the closure, since they are locked. */
  readonly whole: WholeTables;
  readonly copies: SurvivorCopies;
  /** Distinguishes the work tables of several selections in one transaction. */
  readonly prefix: string;
}

/**
 * The rows a purge dooms, told from those that stay: where most go, it is far less work to copy the
 * survivors than to list the doomed. Only for tables that nobody else can change meanwhile, and only
 * where {@link canTellFromSurvivors} says so.
 */
export class SurvivorSelection implements SelectedRows {
  readonly changed: readonly ChangedRows[];
  readonly #connection: Connection;
  readonly #scope: SurvivorScope;
  readonly #kept = new Map<Table, Kept>();
  readonly #sources: readonly ChangeSource[];
  readonly #counts = new Map<WorkTable, number>();
  readonly #edgeCounts = new Map<ClosureEdge, number>();
  #unknown = 0;

  constructor(connection: Connection, scope: SurvivorScope) {
    this.#connection = connection;
    this.#scope = scope;
    this.#sources = changeSources(scope.closure, scope.prefix);
    this.changed = changedByTable(this.#sources, scope.prefix);
  }

  /** Copies the survivors, parents first, then lists the rows that lose references. */
  async select(): Promise<void> {
    const { closure } = this.#scope;
    const parentsFirst = removalOrder(closure)
      .flatMap(({ tables }) => tables)
      .reverse();
    for (const table of parentsFirst) {
      if (table === closure.root) await this.#keepRoot();
      else await this.#keep(table);
    }
    for (const source of this.#sources) await this.#listDangling(source);
    for (const each of mergedLists(this.changed)) {
      await this.#connection.query(createMergedTable(each));
      await this.#filled(each.work, mergeSources(each));
    }
    await this.#countEdges();
  }

  get tables(): readonly Table[] {
    return this.#scope.closure.tables;
  }

  get rootRows(): number {
    return this.doomedCount(this.#scope.closure.root);
  }

  /** Rows of the root that stay since the predicate is NULL for them. */
  get unknownRows(): number {
    return this.#unknown;
  }

  doomedCount(table: Table): number {
    const kept = this.#kept.get(table);
    return kept === undefined ? 0 : (this.#scope.whole.totals.get(table) ?? 0) - kept.rows;
  }

  fromDoomed(table: Table): Sql {
    return fromDoomed(this.#keptOf(table), this.#keptSelection(table));
  }

  isDoomed(table: Table): Sql {
    return isUnkept(this.#keptOf(table));
  }

  deleteDoomed(table: Table): Sql {
    return deleteUnkept(this.#keptOf(table));
  }

  survivors(table: Table): QualifiedName {
    return this.#keptOf(table).name;
  }

  /** The counters see what comes of it. */
  assertCleared(): Promise<void> {
    return Promise.resolve();
  }

  count(work: WorkTable): number {
    return this.#counts.get(work) ?? 0;
  }

  edgeCount(edge: ClosureEdge): number {
    return this.#edgeCounts.get(edge) ?? 0;
  }

  async #keepRoot(): Promise<void> {
    const { rows, closure } = this.#scope;
    const judged = { table: closure.root, rows };
    const kept = await withPredicateOf(judged, () => this.#keep(closure.root));
    const { count } = await queryOne<Counted>(this.#connection, countUnknown(kept));
    this.#unknown = count;
  }

  async #keep(table: Table): Promise<Kept> {
    const { copies } = this.#scope;
    const copy = await copies.make(selectKept(table, this.#keptSelection(table)));
    if (this.#isLookedUp(table)) await copies.analyze(copy);
    const kept = { ...copy, table };
    this.#kept.set(table, kept);
    return kept;
  }

  #keptSelection(table: Table): KeptSelection {
    const { rows, closure, whole } = this.#scope;
    const neverNull = whole.facts.tables.get(table.oid)?.neverNull ?? [];
    const followed = closure.edges.filter(
      (edge) => edge.action === 'purge' && edge.child === table,
    );
    return {
      rows: table === closure.root ? rows : null,
      parents: followed.map((edge) => ({
        edge,
        kept: this.#keptOf(edge.parent),
        nullable: edge.foreignKey.childColumns.filter((name) => !neverNull.includes(name)),
      })),
    };
  }

  /** A copy that nothing is joined with needs no statistics. */
  #isLookedUp(table: Table): boolean {
    return this.#scope.closure.edges.some(({ parent }) => parent === table);
  }

  async #listDangling({ edge, work }: ChangeSource): Promise<void> {
    await this.#connection.query(createWorkTable(work));
    await this.#filled(work, selectDangling(work, this.#dangling(edge)));
    this.#edgeCounts.set(edge, this.count(work));
  }

  async #filled(work: WorkTable, statement: Sql): Promise<void> {
    const { rowCount } = await this.#connection.query(statement);
    this.#counts.set(work, rowCount);
    if (rowCount > 0) await this.#connection.query(sql`analyze ${work.name}`);
  }

  /** Where one key alone leads into a table, its rows are the table's. */
  async #countEdges(): Promise<void> {
    const { closure } = this.#scope;
    const shared = edgesToCount(closure);
    for (const edge of closure.edges.filter(({ action }) => action === 'purge')) {
      this.#edgeCounts.set(edge, this.doomedCount(edge.child));
    }
    for (const edge of shared) {
      const dangling = this.#dangling(edge);
      const counted = edge.action === 'purge' ? { ...dangling, survivors: null } : dangling;
      const { count } = await queryOne<Counted>(this.#connection, countDangling(counted));
      this.#edgeCounts.set(edge, count);
    }
  }

  #dangling(edge: ClosureEdge): Parameters<typeof countDangling>[0] {
    return {
      edge,
      parent: this.#keptOf(edge.parent),
      survivors: this.#kept.get(edge.child) ?? null,
    };
  }

  #keptOf(table: Table): Kept {
    const kept = this.#kept.get(table);
    if (kept === undefined) throw new Error(`${table.name.toString()} is not in the closure`);
    return kept;
  }
}

/**
 * Whether what goes can be told from what stays: plain tables with a key, no circle, and every reference
 * sure to have found its row, since a reference to a row that was never there looks like one to a doomed row.
 */
export function canTellFromSurvivors(catalog: Catalog, closure: Closure): boolean {
  const isPlain = ({ kind, key, partitionOf, inheritanceChildren }: Table): boolean =>
    kind === 'table' && key !== null && partitionOf === null && inheritanceChildren.length === 0;
  return (
    closure.tables.every(isPlain) &&
    closure.edges.every(({ child, parent, foreignKey }) => {
      const { validated, enforced, period } = foreignKey;
      const isDirect =
        tableByOid(catalog, foreignKey.child) === child && foreignKey.parent === parent.oid;
      return validated && enforced && !period && isDirect;
    }) &&
    removalOrder(closure).every(({ cyclic }) => !cyclic)
  );
}
