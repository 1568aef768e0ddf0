import type { Catalog, Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import type { ChangeCounters, TableChange } from './change-counters.ts';
import { closeToWriters } from './close-to-writers.ts';
import { countAll } from './table-sizes.ts';

/** By the root of each partition tree, what was done to it on purpose. */
type Announced = ReadonlyMap<
  string,
  { readonly inserted?: number; readonly updated: number; readonly deleted?: number }
>;

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

  /**
   * What the counters say of other tables, and of these what must have happened by their numbers of rows:
   * what was announced, and what that does not explain.
   */
  async changes(counters: ChangeCounters, announced: Announced): Promise<readonly TableChange[]> {
    const seen = await counters.changes();
    const after = await countAll(this.#connection, this.tables);
    const counted = this.tables.map((table) => {
      const done = announced.get(table.name.toString());
      const { inserted = 0, updated = 0, deleted = 0 } = done ?? {};
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
    const others = seen.filter(({ table }) => !this.tables.some(({ name }) => name.equals(table)));
    return [...others, ...counted];
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
