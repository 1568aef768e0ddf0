import type { Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import type { RemovalGroup } from '../planner/order.ts';
import { type Leaf, removeLeaf, type SelectedBatch } from './leaves.ts';
import { Removal, type TableTally } from './removal.ts';
import { deleteListed } from './removal-sql.ts';

/** Takes what a batch has selected, by statements as short as whoever works beside it needs them. */
export class BatchRemoval {
  readonly #connection: Connection;
  readonly #batch: SelectedBatch;
  readonly #removal: Removal;

  constructor(connection: Connection, batch: SelectedBatch) {
    this.#connection = connection;
    this.#batch = batch;
    this.#removal = new Removal(connection, batch.archive);
  }

  /** @throws HygieneError HYG_RUN_COUNT_MISMATCH */
  async carryOut(
    leaves: readonly Leaf[],
    order: readonly RemovalGroup[],
  ): Promise<readonly TableTally[]> {
    const { selection } = this.#batch;
    for (const leaf of leaves) await this.#removeLeaf(leaf);
    await this.#joinByIndex();
    for (const table of selection.tables) await this.#archive(table);
    await this.#removal.clearAll(selection);
    await selection.assertCleared();
    for (const { tables, cyclic } of order) {
      if (cyclic) await this.#removal.remove(selection, tables, 'delete');
      else for (const table of tables) await this.#remove(table);
    }
    return [...this.#removal.tallies.values()];
  }

  async #archive(table: Table): Promise<void> {
    const { selection, archive, statements } = this.#batch;
    const planned = selection.doomedCount(table);
    if (archive === null || planned === 0) return;
    const source = table.name;
    const distributedBy = table.citus?.column ?? null;
    const archived = await statements.forEach(selection.doomed(table), (list) =>
      archive.add({ source, from: selection.fromDoomed(table, list), distributedBy }),
    );
    this.#removal.recordArchived(source, { planned, archived });
  }

  async #removeLeaf(leaf: Leaf): Promise<void> {
    const { removed, archived } = await removeLeaf(this.#connection, leaf, this.#batch);
    const tally = this.#removal.tally(leaf.table.name);
    tally.planned += removed;
    tally.removed += removed;
    tally.archived += archived;
  }

  async #remove(table: Table): Promise<void> {
    const { selection, statements } = this.#batch;
    const planned = selection.doomedCount(table);
    if (planned === 0) return;
    const work = selection.doomed(table);
    const removed = await statements.forEach(work, async (list) => {
      const { rowCount } = await this.#connection.query(deleteListed(work, list));
      return rowCount;
    });
    this.#removal.recordRemoved(table.name, { planned, removed }, 'delete');
  }

  /**
   * What is listed is few rows of a large table, told by its key: reading all of the table for each
   * batch would cost more than the batch. For the rest of the transaction, which selects nothing more.
   */
  async #joinByIndex(): Promise<void> {
    await this.#connection.query(sql`
      select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
    `);
  }
}
