import type { Archive, ArchivedRows } from '../archive/archive.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { RemovalGroup } from '../planner/order.ts';
import { changedColumns } from '../planner/reference-columns.ts';
import { type ChangedRows, combinationsOf } from './changed-rows.ts';
import { type ObserveWork, unobserved } from './observe.ts';
import { clearReferences, deleteCycle, deleteListed, listed } from './removal-sql.ts';
import type { Selection } from './selection.ts';
import type { WorkTable } from './selection-sql.ts';

type ArchivedWhat = Pick<ArchivedRows, 'kind' | 'changedColumns'>;

/** What happened to one table, summed over the rounds of a purge. */
export interface TableTally {
  readonly table: QualifiedName;
  planned: number;
  archived: number;
  removed: number;
  /** Rows that stayed but lost a reference or got new values. */
  changed: number;
}

/**
 * Archives and removes what a selection lists: changed survivors first, then children before parents.
 * Removed must equal archived must equal planned, table by table; a trigger or rule that swallowed a
 * delete is found here.
 */
export class Removal {
  readonly tallies = new Map<string, TableTally>();
  readonly #connection: Connection;
  readonly #archive: Archive | null;
  readonly #observe: ObserveWork;

  /** @param archive null declines the archive */
  constructor(connection: Connection, archive: Archive | null, observe: ObserveWork = unobserved) {
    this.#connection = connection;
    this.#archive = archive;
    this.#observe = observe;
  }

  async carryOut(selection: Selection, order: readonly RemovalGroup[]): Promise<void> {
    const selected = [...selection.doomedTables, ...selection.changed.map(({ work }) => work)];
    const rowsPlanned = selected.reduce((sum, work) => sum + selection.count(work), 0);
    this.#observe({ phase: 'selecting', table: null, rowsPlanned });
    for (const work of selection.doomedTables) {
      await this.archive(work, { kind: 'rows', changedColumns: null }, selection.count(work));
    }
    for (const { work, sources } of selection.changed) {
      const columns = sources.flatMap(({ edge }) => changedColumns(edge.foreignKey));
      const what = { kind: 'mutations' as const, changedColumns: [...new Set(columns)] };
      await this.archive(work, what, selection.count(work));
    }
    for (const changed of selection.changed) {
      await this.#clear(changed, selection.count(changed.work));
    }
    for (const group of order) {
      const works = group.tables.map((table) => selection.doomed(table));
      await this.#removeGroup(
        works.filter((work) => selection.count(work) > 0),
        selection,
      );
    }
  }

  tally(table: QualifiedName): TableTally {
    const key = table.quoted;
    const known = this.tallies.get(key);
    if (known !== undefined) return known;
    const fresh = { table, planned: 0, archived: 0, removed: 0, changed: 0 };
    this.tallies.set(key, fresh);
    return fresh;
  }

  /** Copies the listed rows, unless the archive was declined. */
  async archive(work: WorkTable, what: ArchivedWhat, planned: number): Promise<void> {
    if (this.#archive === null || planned === 0) return;
    const source = work.table.name;
    this.#observe({ phase: 'archiving', table: source.toString() });
    const selected = { workTable: work.name, condition: listed(work) };
    const copied = await this.#archive.add({ source, ...what, selected });
    if (copied !== planned)
      throw mismatch(source, 'archived', { expected: planned, actual: copied });
    if (what.kind === 'rows') this.tally(source).archived += copied;
  }

  /** Each row is changed once: a second statement would look in vain for a row told apart by place. */
  async #clear(changed: ChangedRows, planned: number): Promise<void> {
    if (planned === 0) return;
    this.#observe({ phase: 'removing', table: changed.work.table.name.toString() });
    for (const combination of await combinationsOf(this.#connection, changed, planned)) {
      const statement = clearReferences(changed.work, combination);
      const { rowCount } = await this.#connection.query(statement);
      this.recordChanged(changed.work, combination.rows, rowCount);
    }
  }

  recordChanged(work: WorkTable, planned: number, changed: number): void {
    if (changed !== planned) {
      throw mismatch(work.table.name, 'changed', { expected: planned, actual: changed });
    }
    this.tally(work.table.name).changed += changed;
    this.#observe({ phase: 'removing', table: work.table.name.toString(), rowsDone: changed });
  }

  async #removeGroup(works: readonly WorkTable[], selection: Selection): Promise<void> {
    const [only] = works;
    if (only === undefined) return;
    this.#observe({
      phase: 'removing',
      table: works.map(({ table }) => table.name.toString()).join(', '),
    });
    if (works.length === 1) {
      const { rowCount } = await this.#connection.query(deleteListed(only));
      this.#recordRemoved(only, selection.count(only), rowCount);
      return;
    }
    const { rows } = await this.#connection.query<Record<string, number>>(deleteCycle(works));
    works.forEach((work, at) => {
      this.#recordRemoved(work, selection.count(work), rows[0]?.[String(at)] ?? 0);
    });
  }

  #recordRemoved(work: WorkTable, planned: number, removed: number): void {
    if (removed !== planned) {
      throw mismatch(work.table.name, 'removed', { expected: planned, actual: removed });
    }
    const tally = this.tally(work.table.name);
    tally.planned += planned;
    tally.removed += removed;
    this.#observe({ phase: 'removing', table: work.table.name.toString(), rowsDone: removed });
  }
}

function mismatch(
  table: QualifiedName,
  what: string,
  counts: { readonly expected: number; readonly actual: number },
): HygieneError {
  const { expected, actual } = counts;
  return new HygieneError('HYG_RUN_COUNT_MISMATCH', {
    message: `${table.toString()}: planned were ${String(expected)} rows, but ${String(actual)} were ${what}.`,
    hint: `Look for a BEFORE trigger that returns NULL, or a rule, on ${table.toString()}: \\d ${table.toString()}`,
    details: { table: table.toString(), ...counts },
  });
}
