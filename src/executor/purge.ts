import type { Archive } from '../archive/archive.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { PurgeStep } from '../planner/steps.ts';
import { assess, NOTHING_TAKEN, type PurgeAssessment, type Taken } from './assess-purge.ts';
import { countedRows, countRows } from './count-rows.ts';
import { selecting } from './observe.ts';
import { purgeInWindow } from './purge-in-window.ts';
import { Removal } from './removal.ts';
import { type PurgeScope, type PreparedPurge, preparePurge, isInWindow } from './prepare-purge.ts';

/** How often rows that came up while the purge ran are taken in, before it gives up. */
const NEWCOMER_ROUNDS_MAX = 3;

export interface CarriedOut {
  readonly label: string;
  readonly plan: PurgePlan;
  readonly removal: Removal;
}

/**
 * Selects and says what would happen.
 * @throws HygieneError HYG_PLAN_BAD_PREDICATE
 */
export async function assessPurge(
  scope: PurgeScope,
  prepared: PreparedPurge,
): Promise<PurgeAssessment> {
  const counts = await countRows(
    scope.connection,
    countedRows(scope, prepared.closure.root, prepared.step.rows),
  );
  const rootRows = await prepared.selection.selectRows();
  await prepared.selection.selectDependents();
  const { selection } = prepared;
  const { assessment } = await assess(scope, prepared, {
    selection,
    counts,
    rootRows,
    taken: NOTHING_TAKEN,
  });
  return assessment;
}

/**
 * Selects, asks the policies, archives and removes, and takes in what has come up meanwhile.
 * @returns the assessment of the first round, and what was done over all rounds
 * @throws HygieneError of the first policy that refuses; nothing is kept then, as the caller rolls back
 */
export async function carryOutPurge(
  scope: PurgeScope,
  step: PurgeStep,
  archive: Archive,
): Promise<CarriedOut> {
  const { connection, observe } = scope;
  const removal = new Removal(connection, step.archive ? archive : null, observe);
  const prepared = await preparePurge(scope, step);
  observe?.(selecting(prepared.closure.root));
  const plan = isInWindow(scope, prepared.closure)
    ? await purgeInWindow({ ...scope, schema: await archive.ownSchema() }, prepared, removal)
    : await purgeOnline(scope, prepared, removal);
  return { label: prepared.label, plan, removal };
}

/** Doomed rows are locked; what has come up while they went is taken too. */
async function purgeOnline(
  scope: PurgeScope,
  prepared: PreparedPurge,
  removal: Removal,
): Promise<PurgePlan> {
  const { selection, closure, step, label } = prepared;
  const counts = await countRows(scope.connection, countedRows(scope, closure.root, step.rows));
  const select = async (taken: Taken): Promise<PurgeAssessment> => {
    const rootRows = await selection.selectRows();
    await selection.selectDependents();
    const known = { selection, counts, rootRows, taken };
    return (await assess(scope, prepared, known)).assessment;
  };
  const first = await select(NOTHING_TAKEN);
  let taken = await takeRound(prepared, first, removal);
  // Tables of a cluster are locked, so that nothing can have come up in them.
  const isOpen = closure.tables.some(({ citus }) => citus === null);
  for (let round = 1; isOpen && taken.rows > 0; round += 1) {
    await selection.clear();
    const next = await select(taken);
    if (next.rootRows === taken.rootRows) break;
    if (round > NEWCOMER_ROUNDS_MAX) throw tooManyNewcomers(label);
    taken = await takeRound(prepared, next, removal);
  }
  return first.plan;
}

async function takeRound(
  prepared: PreparedPurge,
  { refusals, rows, rootRows }: PurgeAssessment,
  removal: Removal,
): Promise<Taken> {
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  await removal.carryOut(prepared.selection, prepared.order);
  return { rows, rootRows };
}

function tooManyNewcomers(label: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NEWCOMERS', {
    message: `${label}: new matching rows kept coming while it ran, ${String(NEWCOMER_ROUNDS_MAX)} times over.`,
    hint: 'Find what writes them (often a seed that still runs) and stop it, or bound the predicate by time.',
  });
}
