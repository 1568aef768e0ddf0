import type { Archive } from '../archive/archive.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { assignedValue, type ScrubStep } from '../planner/steps.ts';
import { checkBudget } from '../policy/budget.ts';
import { checkClusterColumns, checkClusterRows } from '../policy/cluster.ts';
import { checkNullKeep } from '../policy/null-keep.ts';
import { checkProtectedHits, type ProtectedHit } from '../policy/protected-rows.ts';
import { assertAccessible, factsOf } from './access-facts.ts';
import { countedRows, countRows } from './count-rows.ts';
import { listRows } from './list-rows.ts';
import { selecting } from './observe.ts';
import { countProtected } from './protected-rows.ts';
import type { PurgeScope } from './prepare-purge.ts';
import { Removal } from './removal.ts';
import { assignListed } from './removal-sql.ts';
import { createWorkTable, isListedIn, selectRoot, type WorkTable } from './selection-sql.ts';

/** A scrub whose table is resolved and whose work table exists; nothing is selected yet. */
export interface PreparedScrub {
  readonly step: ScrubStep;
  readonly label: string;
  readonly work: WorkTable;
}

/** What a scrub would change, and every reason why it may not. */
export interface ScrubAssessment {
  readonly rows: number;
  readonly total: number;
  readonly nullRows: number;
  readonly refusals: readonly HygieneError[];
}

export async function prepareScrub(scope: PurgeScope, step: ScrubStep): Promise<PreparedScrub> {
  const table = resolveTable(scope.catalog, step.rows.table);
  assertAccessible(scope, [factsOf(table, ['select', 'update'])], [{ table, change: 'update' }]);
  const label = `scrub ${table.name.toString()}`;
  const refusals = [
    checkClusterRows(label, { tables: [table], groups: [] }),
    checkClusterColumns(label, table, Object.keys(step.set)),
  ];
  const refusal = refusals.find((each) => each !== null);
  if (refusal !== undefined) throw refusal;
  const name = new QualifiedName('pg_temp', `hygiene_${scope.prefix}_scrubbed`);
  const work: WorkTable = { name, table, referenced: [] };
  await scope.connection.query(createWorkTable(work));
  return { step, label, work };
}

/** Selects the rows of a scrub, locked unless it is only planned. */
export async function assessScrub(
  scope: PurgeScope,
  { step, label, work }: PreparedScrub,
): Promise<ScrubAssessment> {
  const { connection, lock, window } = scope;
  const { table } = work;
  const counted = countedRows(scope, table, step.rows);
  const { total, unknown } = await countRows(connection, counted);
  const rows = await listRows(connection, work, {
    round: 1,
    excluded: counted.excluded,
    statement: (excluded) => selectRoot(work, { ...counted, excluded, round: 1, lock }),
  });
  const hits: ProtectedHit[] = [];
  for (const set of scope.protectedSets.filter((each) => each.table.root === table.root)) {
    const count = await countProtected(connection, set, (seenFrom) => isListedIn(work, seenFrom));
    hits.push({ set: set.label, table: table.name.toString(), rows: count, effect: 'changed' });
  }
  const refusals = [
    checkNullKeep(label, step.rows.mode, unknown),
    checkProtectedHits(label, hits),
    checkBudget(step.budget, {
      step: label,
      rows,
      rootRows: rows,
      rootTotal: total,
      isOnline: window === 'online',
    }),
  ].filter((refusal) => refusal !== null);
  return { rows, total, nullRows: unknown, refusals };
}

/** Archives the old values, then assigns the new ones. */
export async function carryOutScrub(
  scope: PurgeScope,
  step: ScrubStep,
  archive: Archive,
): Promise<{ readonly label: string; readonly removal: Removal }> {
  const prepared = await prepareScrub(scope, step);
  const { work, label } = prepared;
  scope.observe?.(selecting(work.table));
  const { rows, refusals } = await assessScrub(scope, prepared);
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  const removal = new Removal(scope.connection, step.archive ? archive : null, scope.observe);
  scope.observe?.({ ...selecting(work.table), rowsPlanned: rows });
  if (rows > 0) {
    const assignments = Object.entries(step.set).map(([column, value]) => ({
      column,
      value: assignedValue(value),
    }));
    await removal.change(work, assignListed(work, assignments), rows);
  }
  return { label, removal };
}
