import type { Archive } from '../archive/archive.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import type { RemovalGroup } from '../planner/order.ts';
import { type ChangedRows, combinationsOf } from './changed-rows.ts';
import {
  type Change,
  changeAndKeep,
  clearReferences,
  deleteCycle,
  deleteListed,
  listed,
} from './removal-sql.ts';
import type { Selection } from './selection.ts';
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

  /** @param archive null declines the archive */
  constructor(connection: Connection, archive: Archive | null) {
    this.#connection = connection;
    this.#archive = archive;
  }

  async carryOut(selection: Selection, order: readonly RemovalGroup[]): Promise<void> {
    for (const work of selection.doomedTables) {
      await this.#keepRows(work, selection.count(work));
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
  async #keepRows(work: WorkTable, planned: number): Promise<void> {
    if (this.#archive === null || planned === 0) return;
    const source = work.table.name;
    const selected = { workTable: work.name, condition: listed(work) };
    const what = { kind: 'rows' as const, changedColumns: null };
    const copied = await this.#archive.add({ source, ...what, selected });
    if (copied !== planned)
      throw mismatch(source, 'archived', { expected: planned, actual: copied });
    this.tally(source).archived += copied;
  }

  /** Each row is changed once: a second statement would look in vain for a row told apart by place. */
  async #clear(changed: ChangedRows, planned: number): Promise<void> {
    if (planned === 0) return;
    for (const combination of await combinationsOf(this.#connection, changed, planned)) {
      await this.change(changed.work, clearReferences(changed.work, combination), combination.rows);
    }
  }

  /** Changes listed rows that stay, and keeps their old values unless the archive was declined. */
  async change(work: WorkTable, change: Change, planned: number): Promise<void> {
    const source = work.table.name;
    const { changed, kept } =
      this.#archive === null
        ? await this.#changeOnly(change)
        : await this.#changeAndKeep(this.#archive, work, change);
    if (changed !== planned) {
      throw mismatch(source, 'changed', { expected: planned, actual: changed });
    }
    if (kept !== planned) throw mismatch(source, 'archived', { expected: planned, actual: kept });
    this.tally(source).changed += changed;
  }

  async #changeOnly({ update }: Change): Promise<ChangeCounts> {
    const { rowCount } = await this.#connection.query(update);
    return { changed: rowCount, kept: rowCount };
  }

  async #changeAndKeep(archive: Archive, work: WorkTable, change: Change): Promise<ChangeCounts> {
    const source = work.table.name;
    const kind = 'mutations';
    const table = await archive.tableFor(source, kind);
    const counts = await queryOne<ChangeCounts>(
      this.#connection,
      changeAndKeep(work, change, table),
    );
    archive.count({
      ...{ source, archive: table, kind },
      rows: counts.kept,
      changedColumns: change.columns,
    });
    return counts;
  }

  async #removeGroup(works: readonly WorkTable[], selection: Selection): Promise<void> {
    const [only] = works;
    if (only === undefined) return;
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
