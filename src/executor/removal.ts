import type { Archive, ArchivedRows } from '../archive/archive.ts';
import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { Sql } from '../kernel/sql.ts';
import type { RemovalGroup } from '../planner/order.ts';
import type { Strategy } from '../planner/strategy.ts';
import { type ChangedRows, combinationsOf } from './changed-rows.ts';
import { keepThenChange } from './keep-then-change.ts';
import { type ObserveWork, unobserved } from './observe.ts';
import { type Change, changeAndKeep, clearReferences, deleteTogether } from './removal-sql.ts';
import type { SelectedRows } from './selected-rows.ts';
import type { WorkTable } from './selection-sql.ts';

interface ChangeCounts {
  readonly changed: number;
  readonly kept: number;
}

/** What happened to one table, summed over the rounds of a purge. */
export interface TableTally {
  readonly table: QualifiedName;
  planned: number;
  archived: number;
  removed: number;
  /** Rows that stayed but lost a reference or got new values. */
  changed: number;
  strategy: Strategy;
  /** Survivors that were put back after the table was emptied; null where it was not. */
  reinserted: number | null;
}

/**
 * Archives and removes what a selection says. Removed must equal archived must equal planned, table by
 * table; a trigger or rule that swallowed a delete is found here.
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

  /** Changed survivors first, then children before parents. */
  async carryOut(selection: SelectedRows, order: readonly RemovalGroup[]): Promise<void> {
    await this.archiveAll(selection);
    await this.clearAll(selection);
    await selection.assertCleared();
    for (const group of order) await this.remove(selection, group.tables, 'delete');
  }

  /** Copies what goes, unless the archive was declined. */
  async archiveAll(selection: SelectedRows): Promise<void> {
    this.#observe({ phase: 'selecting', table: null, rowsPlanned: plannedRows(selection) });
    for (const table of selection.tables) {
      const planned = selection.doomedCount(table);
      if (planned === 0) continue;
      const from = selection.fromDoomed(table);
      const distributedBy = table.citus?.column ?? null;
      const rows = { source: table.name, from, distributedBy };
      await this.#copy(rows, planned);
    }
  }

  /** Takes references away. Each row is changed once: a second statement would look in vain for a row told apart by place. */
  async clearAll(selection: SelectedRows): Promise<void> {
    for (const changed of selection.changed) {
      const planned = selection.count(changed.work);
      if (planned > 0) await this.#clear(changed, planned);
    }
  }

  /** Removes the doomed rows of tables that may reference each other, by one statement. */
  async remove(
    selection: SelectedRows,
    tables: readonly Table[],
    strategy: Strategy,
  ): Promise<void> {
    const losing = tables.filter((table) => selection.doomedCount(table) > 0);
    const [only] = losing;
    if (only === undefined) return;
    const names = losing.map(({ name }) => name.toString()).join(', ');
    this.#observe({ phase: 'removing', table: names });
    const removed = await this.#delete(losing.map((table) => selection.deleteDoomed(table)));
    losing.forEach((table, at) => {
      const counts = { planned: selection.doomedCount(table), removed: removed[at] ?? 0 };
      this.recordRemoved(table.name, counts, strategy);
    });
  }

  tally(table: QualifiedName): TableTally {
    const key = table.quoted;
    const known = this.tallies.get(key);
    if (known !== undefined) return known;
    const fresh: TableTally = {
      table,
      planned: 0,
      archived: 0,
      removed: 0,
      changed: 0,
      strategy: 'delete',
      reinserted: null,
    };
    this.tallies.set(key, fresh);
    return fresh;
  }

  recordRemoved(
    table: QualifiedName,
    counts: { readonly planned: number; readonly removed: number },
    strategy: Strategy,
  ): void {
    const { planned, removed } = counts;
    if (removed !== planned) {
      throw mismatch(table, 'removed', { expected: planned, actual: removed });
    }
    const tally = this.tally(table);
    tally.planned += planned;
    tally.removed += removed;
    tally.strategy = strategy;
    this.#observe({ phase: 'removing', table: table.toString(), rowsDone: removed });
  }

  recordArchived(
    table: QualifiedName,
    counts: { readonly planned: number; readonly archived: number },
  ): void {
    const { planned, archived } = counts;
    if (archived !== planned) {
      throw mismatch(table, 'archived', { expected: planned, actual: archived });
    }
    this.tally(table).archived += archived;
  }

  /** Changes listed rows that stay, and keeps their old values unless the archive was declined. */
  async change(work: WorkTable, change: Change, planned: number): Promise<void> {
    const source = work.table.name;
    this.#observe({ phase: 'removing', table: source.toString() });
    const { changed, kept } =
      this.#archive === null
        ? await this.#changeOnly(change)
        : await this.#changeAndKeep(this.#archive, work, change);
    if (changed !== planned) {
      throw mismatch(source, 'changed', { expected: planned, actual: changed });
    }
    if (kept !== planned) throw mismatch(source, 'archived', { expected: planned, actual: kept });
    this.tally(source).changed += changed;
    this.#observe({ phase: 'removing', table: source.toString(), rowsDone: changed });
  }

  async #changeOnly({ update }: Change): Promise<ChangeCounts> {
    const { rowCount } = await this.#connection.query(update);
    return { changed: rowCount, kept: rowCount };
  }

  async #changeAndKeep(archive: Archive, work: WorkTable, change: Change): Promise<ChangeCounts> {
    const source = work.table.name;
    const kind = 'mutations';
    const table = await archive.tableFor(source, kind);
    const counts =
      work.table.citus === null
        ? await queryOne<ChangeCounts>(this.#connection, changeAndKeep(work, change, table))
        : await keepThenChange(this.#connection, work, { change, archive: table });
    archive.count({
      ...{ source, archive: table, kind },
      rows: counts.kept,
      changedColumns: change.columns,
    });
    return counts;
  }

  async #copy(rows: ArchivedRows, planned: number): Promise<void> {
    if (this.#archive === null) return;
    this.#observe({ phase: 'archiving', table: rows.source.toString() });
    const archived = await this.#archive.add(rows);
    this.recordArchived(rows.source, { planned, archived });
  }

  async #clear(changed: ChangedRows, planned: number): Promise<void> {
    for (const combination of await combinationsOf(this.#connection, changed, planned)) {
      await this.change(changed.work, clearReferences(changed.work, combination), combination.rows);
    }
  }

  async #delete(statements: readonly Sql[]): Promise<readonly number[]> {
    const [only] = statements;
    if (only !== undefined && statements.length === 1) {
      return [(await this.#connection.query(only)).rowCount];
    }
    const together = deleteTogether(statements);
    const { rows } = await this.#connection.query<Record<string, number>>(together);
    return statements.map((_, at) => rows[0]?.[String(at)] ?? 0);
  }
}

/** Rows that go, and rows that are changed. */
function plannedRows(selection: SelectedRows): number {
  const doomed = selection.tables.map((table) => selection.doomedCount(table));
  const changed = selection.changed.map(({ work }) => selection.count(work));
  return [...doomed, ...changed].reduce((sum, rows) => sum + rows, 0);
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
