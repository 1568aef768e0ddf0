import type { Catalog, Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import type { TableChange } from './change-counters.ts';
import { closeToWriters } from './close-to-writers.ts';
import { countAll } from './table-sizes.ts';

/** What was done to a table on purpose. */
export interface AnnouncedChange {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export const NOTHING_ANNOUNCED: AnnouncedChange = { inserted: 0, updated: 0, deleted: 0 };

/**
 * Stands for the counters where they see nothing: PostgreSQL counts a transaction's changes on the node
 * that has the shard. So the rows themselves are counted, before and after, while nobody else can write.
 * Only their number tells: an UPDATE does not show, nor an INSERT that makes up for a DELETE.
 */
export class ClusterCounts {
  readonly tables: readonly Table[];
  readonly #connection: Connection;
  readonly #before: ReadonlyMap<Table, number>;

  private constructor(
    connection: Connection,
    tables: readonly Table[],
    before: ReadonlyMap<Table, number>,
  ) {
    this.#connection = connection;
    this.tables = tables;
    this.#before = before;
  }

  /**
   * Locks the tables for the rest of the transaction, and counts them.
   * @param tables of a cluster; roots of their partition trees
   */
  static async take(
    connection: Connection,
    catalog: Catalog,
    tables: readonly Table[],
  ): Promise<ClusterCounts> {
    await closeToWriters(connection, catalog, tables);
    return new ClusterCounts(connection, tables, await countAll(connection, tables));
  }

  /** What else than announced must have happened, by the numbers of rows, added to what was announced. */
  async changes(announced: (table: string) => AnnouncedChange): Promise<readonly TableChange[]> {
    const after = await countAll(this.#connection, this.tables);
    return this.tables.map((table) => {
      const { inserted, updated, deleted } = announced(table.name.toString());
      const grown = (after.get(table) ?? 0) - (this.#before.get(table) ?? 0);
      const surplus = grown - inserted + deleted;
      return {
        table: table.name,
        inserted: inserted + Math.max(0, surplus),
        updated,
        deleted: deleted + Math.max(0, -surplus),
        movable: 0,
        rewritten: false,
      };
    });
  }

  /** What the counters say of other tables. */
  others(changes: readonly TableChange[]): readonly TableChange[] {
    return changes.filter(({ table }) => !this.tables.some(({ name }) => name.equals(table)));
  }

  /** For people who rely on the proof; none where there is no cluster. */
  remarks(): readonly string[] {
    if (this.tables.length === 0) return [];
    const names = this.tables.map(({ name }) => name.toString()).join(', ');
    return [
      `Rows of ${names} were counted before and after, since PostgreSQL's counters do not see shards: an INSERT or DELETE too many would show, an UPDATE would not.`,
    ];
  }
}
