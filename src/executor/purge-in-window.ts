import type { Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { joinSql, sql } from '../kernel/sql.ts';
import type { PurgePlan } from '../planner/plan.ts';
import { changedTables } from './access-facts.ts';
import {
  assess,
  NOTHING_TAKEN,
  readWholeTables,
  type Selected,
  type WholeTables,
} from './assess-purge.ts';
import { countedRows, countRows, type RowCounts } from './count-rows.ts';
import type { PreparedPurge, PurgeScope } from './purge.ts';
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
  const { closure, step, order } = prepared;
  await lockTables(connection, changedTables(closure));
  const counts = await countRows(connection, countedRows(scope, closure.root, step.rows));
  const whole = await readWholeTables(scope, closure, counts.total);
  const share = counts.matching / Math.max(1, counts.total);
  const copies = await SurvivorCopies.within(connection, schema, prefix);
  const isMostlyDoomed = share >= SURVIVORS_FROM_SHARE && canTellFromSurvivors(catalog, closure);
  const selected = isMostlyDoomed
    ? await selectSurvivors(scope, prepared, { counts, whole, copies })
    : await selectDoomed(prepared, { counts, whole });
  const { assessment, choice } = await assess(scope, prepared, selected);
  const [refusal] = assessment.refusals;
  if (refusal !== undefined) throw refusal;
  const { selection } = selected;
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

interface Known {
  readonly counts: RowCounts;
  readonly whole: WholeTables;
}

async function selectSurvivors(
  { connection, prefix }: PurgeScope,
  { closure, step }: PreparedPurge,
  { copies, ...known }: Known & { readonly copies: SurvivorCopies },
): Promise<Selected> {
  const { whole } = known;
  // The lists of the doomed have been made, and have their own names.
  const scope = { rows: step.rows, closure, whole, copies, prefix: `${prefix}k` };
  const selection = new SurvivorSelection(connection, scope);
  await selection.select();
  return { ...known, selection, rootRows: selection.rootRows, taken: NOTHING_TAKEN };
}

async function selectDoomed({ selection }: PreparedPurge, known: Known): Promise<Selected> {
  const rootRows = await selection.selectRows();
  await selection.selectDependents();
  return { ...known, selection, rootRows, taken: NOTHING_TAKEN };
}

/** In the order of their names, so that two runs cannot lock crosswise. */
async function lockTables(connection: Connection, tables: readonly Table[]): Promise<void> {
  const names = tables.map(({ name }) => name).sort((a, b) => (a.quoted < b.quoted ? -1 : 1));
  const list = joinSql(
    names.map((name) => sql`${name}`),
    ', ',
  );
  await connection.query(sql`lock table ${list} in access exclusive mode`);
}
