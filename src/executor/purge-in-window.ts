import type { Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { nameList, sql } from '../kernel/sql.ts';
import type { PurgePlan } from '../planner/plan.ts';
import { changedTables } from './access-facts.ts';
import { assess, NOTHING_TAKEN, type Selected } from './assess-purge.ts';
import { readWholeTables, type WholeTables } from './whole-tables.ts';
import { countedRows, countRows, estimateShare } from './count-rows.ts';
import type { PreparedPurge, PurgeScope } from './prepare-purge.ts';
import type { Removal } from './removal.ts';
import { SurvivorCopies } from './survivor-copies.ts';
import { canTellFromSurvivors, SurvivorSelection } from './survivor-selection.ts';
import { removeInWindow } from './window-removal.ts';

/** From this share on it is less work to copy what stays than to list what goes. */
const SURVIVORS_FROM_SHARE = 0.5;

interface WindowScope extends PurgeScope {
  /** Where tables may be put that are gone before the transaction ends; null: only temporary ones. */
  readonly schema: string | null;
}

/**
 * The purge of tables that nobody else works on. They are locked as a whole before anything is looked
 * at, so nothing can come up meanwhile, and rows need no locks of their own.
 */
export async function purgeInWindow(
  scope: WindowScope,
  prepared: PreparedPurge,
  removal: Removal,
): Promise<PurgePlan> {
  const { connection, catalog, prefix, schema, settle } = scope;
  const { closure, order } = prepared;
  await lockTables(connection, changedTables(closure));
  const copies = new SurvivorCopies(connection, schema, prefix);
  const selected = (await isMostlyDoomed(scope, prepared))
    ? await selectSurvivors(scope, prepared, copies)
    : await selectDoomed(scope, prepared);
  const { assessment, choice } = await assess(scope, prepared, selected);
  const [refusal] = assessment.refusals;
  if (refusal !== undefined) throw refusal;
  const { selection, whole } = selected;
  if (choice.strategy === 'delete') await removal.carryOut(selection, order);
  else {
    const { facts, totals } = whole;
    await removeInWindow(removal, {
      connection,
      catalog,
      facts,
      totals,
      selection,
      order,
      choice,
      copies,
      settle,
    });
  }
  await copies.drop();
  return assessment.plan;
}

type SelectedInWindow = Selected & { readonly whole: WholeTables };

async function isMostlyDoomed(
  { connection, catalog }: PurgeScope,
  { closure, step }: PreparedPurge,
): Promise<boolean> {
  if (!canTellFromSurvivors(catalog, closure)) return false;
  const judged = { table: closure.root, rows: step.rows };
  return (await estimateShare(connection, judged)) >= SURVIVORS_FROM_SHARE;
}

/** All rows are counted as well: what stays and what goes has to add up to it. */
async function selectSurvivors(
  scope: PurgeScope,
  { closure, step }: PreparedPurge,
  copies: SurvivorCopies,
): Promise<SelectedInWindow> {
  const { connection, prefix } = scope;
  const whole = await readWholeTables(connection, closure, new Map());
  const survivors = { rows: step.rows, closure, whole, copies, prefix };
  const selection = new SurvivorSelection(connection, survivors);
  await selection.select();
  const { rootRows, unknownRows: unknown } = selection;
  const counts = { total: whole.totals.get(closure.root) ?? 0, unknown };
  return { counts, whole, selection, rootRows, taken: NOTHING_TAKEN };
}

async function selectDoomed(
  scope: PurgeScope,
  { closure, step, selection }: PreparedPurge,
): Promise<SelectedInWindow> {
  const { connection } = scope;
  const counts = await countRows(connection, countedRows(scope, closure.root, step.rows));
  const whole = await readWholeTables(connection, closure, new Map([[closure.root, counts.total]]));
  await selection.prepare();
  const rootRows = await selection.selectRows();
  await selection.selectDependents();
  return { counts, whole, selection, rootRows, taken: NOTHING_TAKEN };
}

/** In the order of their names, so that two runs cannot lock crosswise. */
async function lockTables(connection: Connection, tables: readonly Table[]): Promise<void> {
  const names = tables.map(({ name }) => name).sort((a, b) => (a.quoted < b.quoted ? -1 : 1));
  await connection.query(sql`lock table ${nameList(names)} in access exclusive mode`);
}
