import { type Connection, queryOne } from '../database/connection.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';
import { edgesToCount } from './closure-edges.ts';
import { listReferencing } from './list-rows.ts';
import { countReferencing, type EdgeSelection, type WorkTable } from './selection-sql.ts';

/** How to select the rows that reference doomed rows through an edge. */
export type SelectionOf = (edge: ClosureEdge) => EdgeSelection;

/** Counts rows that reference doomed rows, and are not doomed themselves, without listing them for good. */
export class EdgeCounts {
  readonly #connection: Connection;
  readonly #closure: Closure;
  /** Rows of a cluster come here, to be held against the lists. */
  readonly #scratch: ReadonlyMap<ClosureEdge, WorkTable>;

  constructor(connection: Connection, closure: Closure, prefix: string) {
    this.#connection = connection;
    this.#closure = closure;
    const edges = closure.edges.filter(
      ({ action, child: { citus, key } }) =>
        citus !== null && key !== null && (action === 'undeclared' || action === 'default'),
    );
    this.#scratch = new Map(
      edges.map((edge, at) => {
        const name = new QualifiedName('pg_temp', `hygiene_${prefix}_counted_${String(at + 1)}`);
        return [edge, { name, table: edge.child, referenced: [] }];
      }),
    );
  }

  /** The lists that it needs; all still to be made. */
  get works(): readonly WorkTable[] {
    return [...this.#scratch.values()];
  }

  /** What following the edges has not counted. */
  async remaining(selectionOf: SelectionOf): Promise<ReadonlyMap<ClosureEdge, number>> {
    const counts = new Map<ClosureEdge, number>();
    for (const edge of edgesToCount(this.#closure)) {
      const selection = selectionOf(edge);
      const excluded = edge.action === 'purge' ? [] : selection.excluded;
      counts.set(edge, await this.#count(edge, { ...selection, excluded }));
    }
    return counts;
  }

  /**
   * PostgreSQL acts on a row that references a doomed one again, since its default does: no counter sees
   * that in a cluster.
   * @throws HygieneError HYG_RUN_UNPLANNED_CHANGE
   */
  async assertCleared(selectionOf: SelectionOf): Promise<void> {
    for (const edge of this.#scratch.keys()) {
      if (edge.action !== 'default') continue;
      const rows = await this.#count(edge, selectionOf(edge));
      if (rows > 0) throw clearedInVain(edge, rows);
    }
  }

  async #count(edge: ClosureEdge, selection: EdgeSelection): Promise<number> {
    const scratch = this.#scratch.get(edge);
    if (scratch === undefined || selection.excluded.length === 0) {
      const statement = countReferencing(selection);
      return (await queryOne<{ count: number }>(this.#connection, statement)).count;
    }
    await this.#connection.query(sql`delete from ${scratch.name}`);
    return listReferencing(this.#connection, scratch, { ...selection, round: 1 });
  }
}

function clearedInVain({ child, parent, foreignKey }: ClosureEdge, rows: number): HygieneError {
  const table = child.name.toString();
  return new HygieneError('HYG_RUN_UNPLANNED_CHANGE', {
    message: `${table}: ${counted(rows, 'row')} got a default that references rows of ${parent.name.toString()} which go too (${foreignKey.name}).`,
    hint: `Keep the row that the default references, or let the reference become NULL: '${table}': 'nullify'`,
    details: { table, constraint: foreignKey.name, rows },
  });
}
