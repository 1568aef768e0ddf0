import type { Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import { doomedLists } from './closure-edges.ts';
import {
  type ChangedRows,
  type ChangeSource,
  changedByTable,
  changeSources,
  createMergedTable,
  mergedLists,
  mergeSources,
} from './changed-rows.ts';
import { EdgeCounts } from './edge-counts.ts';
import { listReferencing, listRows } from './list-rows.ts';
import { selecting } from './observe.ts';
import { deleteListed, listed } from './removal-sql.ts';
import type { SelectedRows } from './selected-rows.ts';
import type { SelectionScope } from './selection-scope.ts';
import {
  createWorkTable,
  type EdgeSelection,
  isListedIn,
  selectRoot,
  type WorkTable,
} from './selection-sql.ts';

/**
 * The rows a purge dooms: the row set and, to a fixpoint, everything that must go with it. Doomed rows
 * are locked before their dependents are looked up by a new statement, so that no dependent can be
 * added unseen. All of it is SQL; rows never come to Node.
 */
export class Selection implements SelectedRows {
  readonly #connection: Connection;
  readonly #scope: SelectionScope;
  readonly #doomed: ReadonlyMap<number, WorkTable>;
  /** Rows that lose a reference, by foreign key, and by table. */
  readonly #sources: readonly ChangeSource[];
  readonly #changed: readonly ChangedRows[];
  /** Newest round of each work table, and rows in it. */
  readonly #newest = new Map<WorkTable, number>();
  readonly #counts = new Map<WorkTable, number>();
  readonly #edgeCounts = new Map<ClosureEdge, number>();
  readonly #references: EdgeCounts;
  #round = 0;

  constructor(connection: Connection, scope: SelectionScope) {
    this.#connection = connection;
    this.#scope = scope;
    const { closure, leafEdges, prefix } = scope;
    this.#doomed = doomedLists(closure, [...closure.edges, ...leafEdges], prefix);
    this.#sources = changeSources(closure, prefix);
    this.#changed = changedByTable(this.#sources, prefix);
    this.#references = new EdgeCounts(connection, closure, prefix);
  }

  async prepare(): Promise<void> {
    const listed = [...this.#doomed.values(), ...this.#sources.map(({ work }) => work)];
    for (const work of [...listed, ...this.#references.works])
      await this.#connection.query(createWorkTable(work));
    for (const each of this.#merged()) await this.#connection.query(createMergedTable(each));
  }

  /** Empties the work tables, to select what has come up since. */
  async clear(): Promise<void> {
    for (const work of this.#all()) await this.#connection.query(sql`truncate ${work.name}`);
    this.#newest.clear();
    this.#counts.clear();
    this.#edgeCounts.clear();
  }

  /** @returns how many rows the row set itself has */
  async selectRows(): Promise<number> {
    const { closure, rows, lock } = this.#scope;
    const work = this.doomed(closure.rootHolder);
    this.#round += 1;
    const root = { table: closure.root, round: this.#round, lock };
    let listed = 0;
    for (const piece of rows) {
      listed += await listRows(this.#connection, work, {
        round: root.round,
        excluded: this.#earlierOn(root.table),
        statement: (excluded) => selectRoot(work, { ...root, rows: piece, excluded }),
      });
    }
    await this.#added(work, listed);
    return listed;
  }

  /** Follows the foreign keys until nothing new is found, then looks at what is changed or in the way. */
  async selectDependents(): Promise<void> {
    const { lock } = this.#scope;
    await this.#followToTheEnd();
    for (const { edge, work } of this.#sources) {
      const selection = this.#edgeSelection(edge, 0, lock ? 'no key update' : null);
      const listed = await listReferencing(this.#connection, work, { ...selection, round: 1 });
      await this.#added(work, listed);
      this.#edgeCounts.set(edge, listed);
    }
    for (const each of this.#merged()) {
      const { rowCount } = await this.#connection.query(mergeSources(each));
      await this.#added(each.work, rowCount);
    }
    const remaining = await this.#references.remaining((edge) =>
      this.#edgeSelection(edge, 0, null),
    );
    for (const [edge, rows] of remaining) this.#edgeCounts.set(edge, rows);
  }

  /** The work table of a table that loses rows. */
  doomed(table: Table): WorkTable {
    const work = this.#doomed.get(table.oid);
    if (work === undefined) throw new Error(`${table.name.toString()} is not in the closure`);
    return work;
  }

  /** Rows that stay but lose references, by table. */
  get changed(): readonly ChangedRows[] {
    return this.#changed;
  }

  get doomedTables(): readonly WorkTable[] {
    return [...this.#doomed.values()];
  }

  get tables(): readonly Table[] {
    return this.#scope.closure.tables;
  }

  count(work: WorkTable): number {
    return this.#counts.get(work) ?? 0;
  }

  doomedCount(table: Table): number {
    const work = this.#doomed.get(table.oid);
    return work === undefined ? 0 : this.count(work);
  }

  /** @param list the work table, or a part of it */
  fromDoomed(table: Table, list = sql`${this.doomed(table).name}`): Sql {
    return sql`from ${table.name} join ${list} as hygiene_listed on ${listed(this.doomed(table))}`;
  }

  isDoomed(table: Table, seenFrom: Table): Sql {
    return isListedIn(this.doomed(table), seenFrom);
  }

  deleteDoomed(table: Table): Sql {
    return deleteListed(this.doomed(table));
  }

  assertCleared(): Promise<void> {
    return this.#references.assertCleared((edge) => this.#edgeSelection(edge, 0, null));
  }

  /** Nobody has copied them yet. */
  survivors(): null {
    return null;
  }

  /** Rows that reference doomed rows through this foreign key. */
  edgeCount(edge: ClosureEdge): number {
    return this.#edgeCounts.get(edge) ?? 0;
  }

  async #followToTheEnd(): Promise<void> {
    const seen = new Map<ClosureEdge, number>();
    const edges = this.#scope.closure.edges.filter((edge) => edge.action === 'purge');
    let progress = true;
    while (progress) {
      progress = false;
      for (const edge of edges) {
        const from = seen.get(edge) ?? 0;
        const newest = this.#newest.get(this.doomed(edge.parent)) ?? 0;
        if (newest <= from) continue;
        seen.set(edge, newest);
        if ((await this.#follow(edge, from)) > 0) progress = true;
      }
    }
  }

  async #follow(edge: ClosureEdge, afterRound: number): Promise<number> {
    const into = this.doomed(edge.child);
    this.#round += 1;
    const selection = this.#edgeSelection(edge, afterRound, this.#scope.lock ? 'update' : null);
    const listed = await listReferencing(this.#connection, into, {
      ...selection,
      round: this.#round,
    });
    this.#edgeCounts.set(edge, this.edgeCount(edge) + listed);
    await this.#added(into, listed);
    return listed;
  }

  #edgeSelection(
    edge: ClosureEdge,
    afterRound: number,
    lock: EdgeSelection['lock'],
  ): EdgeSelection {
    this.#scope.observe?.(selecting(edge.child));
    const listed = this.#doomed.get(edge.child.oid);
    const isInTheWay = this.#scope.spread && edge.action === 'undeclared';
    const isFilled = listed !== undefined && this.count(listed) > 0;
    const filled = isFilled && !isInTheWay ? [listed] : [];
    return {
      foreignKey: edge.foreignKey,
      parent: this.doomed(edge.parent),
      child: edge.child,
      afterRound,
      excluded: [...filled, ...this.#earlierOn(edge.child)],
      exceptItself: isInTheWay,
      lock,
    };
  }

  #earlierOn(table: Table): readonly WorkTable[] {
    return this.#scope.earlier.filter((work) => work.table.root === table.root);
  }

  async #added(work: WorkTable, rows: number): Promise<void> {
    if (rows === 0) return;
    this.#newest.set(work, this.#round);
    this.#counts.set(work, this.count(work) + rows);
    await this.#connection.query(sql`analyze ${work.name}`);
  }

  #all(): readonly WorkTable[] {
    const sources = this.#sources.map(({ work }) => work);
    return [...this.#doomed.values(), ...sources, ...this.#merged().map(({ work }) => work)];
  }

  #merged(): readonly ChangedRows[] {
    return mergedLists(this.#changed);
  }
}
