import type { Archive } from '../archive/archive.ts';
import type { Catalog } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import type { Closure } from '../planner/closure.ts';
import { tablesToClose } from '../planner/cluster.ts';
import type { RemovalGroup } from '../planner/order.ts';
import type { PurgeStep } from '../planner/steps.ts';
import { undeclaredRefusal } from '../planner/undeclared.ts';
import { checkProtectedHits } from '../policy/protected-rows.ts';
import { BatchRemoval } from './batch-removal.ts';
import { closeToWriters } from './close-to-writers.ts';
import { batchRows, countPresent, type FrozenList, type ListRange } from './frozen-list.ts';
import { leafEdges, type SplitClosure } from './leaves.ts';
import { protectedHits } from './protected-rows.ts';
import type { ProtectedSet } from './protected-set.ts';
import type { TableTally } from './removal.ts';
import { Selection } from './selection.ts';
import type { Statements } from './statements.ts';

/** A purge that goes on in batches: what does not change from one to the next. */
export interface BatchedPurge {
  readonly step: PurgeStep;
  readonly label: string;
  readonly closure: Closure;
  /** The closure without its leaves, and these. */
  readonly split: SplitClosure;
  /** Of what is left without the leaves. */
  readonly order: readonly RemovalGroup[];
  readonly list: FrozenList;
}

export interface BatchScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly protectedSets: readonly ProtectedSet[];
  readonly archive: Archive;
  readonly statements: Statements;
}

export interface BatchOutcome {
  readonly tallies: readonly TableTally[];
  /** Listed rows that are still there and do not match any more. */
  readonly kept: number;
  /** Listed rows that are not there: they went with others, or others removed them. */
  readonly gone: number;
}

/**
 * Takes the listed rows of a range, and all that has to go with them, in the caller's transaction:
 * no row is ever seen without those that belong to it.
 * @throws HygieneError HYG_REFUSED_DEPENDENTS, HYG_REFUSED_PROTECTED, HYG_RUN_COUNT_MISMATCH
 */
export async function carryOutBatch(
  scope: BatchScope,
  purge: BatchedPurge,
  range: ListRange,
): Promise<BatchOutcome> {
  const { connection, catalog, protectedSets, statements } = scope;
  const { step, label, split, list } = purge;
  await closeToWriters(connection, catalog, tablesToClose(purge.closure));
  const selection = new Selection(connection, {
    rows: statements.ranges(range).map((each) => batchRows(step.rows, list, each)),
    closure: split.inner,
    leafEdges: leafEdges(split),
    prefix: 'batch',
    lock: true,
    spread: false,
    earlier: [],
  });
  await selection.prepare();
  const taken = await selection.selectRows();
  const archive = step.archive ? scope.archive : null;
  const removal = new BatchRemoval(connection, { selection, archive, statements });
  let tallies: readonly TableTally[] = [];
  if (taken > 0) {
    await selection.selectDependents();
    assertDeclared(catalog, purge, selection);
    const refusal = checkProtectedHits(
      label,
      await protectedHits(connection, protectedSets, { selection, closure: split.inner }),
    );
    if (refusal !== null) throw refusal;
    tallies = await removal.carryOut(split.leaves, purge.order);
  }
  const missing = range.to - range.from - taken;
  const kept = missing === 0 ? 0 : await countPresent(connection, list, range);
  return { tallies, kept, gone: missing - kept };
}

/** Rows of a table that had none when the rows were listed may reference doomed rows by now. */
function assertDeclared(
  catalog: Catalog,
  { step, closure }: BatchedPurge,
  selection: Selection,
): void {
  const undeclared = closure.edges
    .filter((edge) => edge.action === 'undeclared')
    .map((edge) => ({ edge, rows: selection.edgeCount(edge) }))
    .filter((each) => each.rows > 0);
  if (undeclared.length > 0) throw undeclaredRefusal(catalog, undeclared, step.dependents);
}
