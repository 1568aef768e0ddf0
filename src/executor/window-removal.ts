import type { Catalog, Table } from '../catalog/model.ts';
import type { WindowFacts } from '../catalog/window-facts.ts';
import type { Connection } from '../database/connection.ts';
import type { RemovalGroup } from '../planner/order.ts';
import type { StrategyChoice } from '../planner/strategy.ts';
import type { Removal } from './removal.ts';
import { Rewrite } from './rewrite.ts';
import type { SelectedRows } from './selected-rows.ts';
import type { SurvivorCopies } from './survivor-copies.ts';
import { SwitchedKeys } from './switched-keys.ts';

export interface WindowRemoval {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly facts: WindowFacts;
  /** Rows of each table before. */
  readonly totals: ReadonlyMap<Table, number>;
  readonly selection: SelectedRows;
  readonly order: readonly RemovalGroup[];
  readonly choice: StrategyChoice;
  readonly copies: SurvivorCopies;
  /** Has deferred constraints checked now: tables with pending checks cannot be altered. */
  readonly settle: () => Promise<void>;
}

/** Removes with the foreign keys switched off, from tables that nobody else can reach. */
export async function removeInWindow(removal: Removal, work: WindowRemoval): Promise<void> {
  const { connection, selection, order, choice, settle, totals } = work;
  const rewrite = new Rewrite(work);
  const keys = new SwitchedKeys(connection, work, choice.detached);
  await removal.archiveAll(selection);
  await settle();
  await keys.off();
  const emptied = choice.rewritten;
  if (emptied.length > 0) {
    await rewrite.empty(emptied);
    for (const [table, rows] of await rewrite.refill()) {
      const planned = selection.doomedCount(table);
      const removed = (totals.get(table) ?? 0) - rows;
      removal.recordRemoved(table.name, { planned, removed }, 'rewrite');
      removal.tally(table.name).reinserted = rows;
    }
  }
  await removal.clearAll(selection);
  for (const group of order) {
    const rest = group.tables.filter((table) => !emptied.includes(table));
    await removal.remove(selection, rest, 'detach');
  }
  await settle();
  await keys.on();
}
