import { inSnapshot } from '../database/reading.ts';
import { rawSql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import { isForEnvironment } from '../policy/environment.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { MigrationPlanner, type PreparedMigration } from './migration-planner.ts';
import type { ExecOrder } from './pending.ts';
import type { RunnableMigration } from './runnable.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';
import type { PlannedMigration, PlanReport } from './plan-report.ts';

/**
 * What `up` would do, with exact counts. Temporary tables hold the selections; nothing is locked and
 * the transaction is always rolled back, so nothing is kept.
 */
export async function plan(
  engine: Engine,
  source: MigrationSource,
  order: ExecOrder,
): Promise<PlanReport> {
  const { about, migrations } = await lookForPending(engine, source, order);
  return { ...about, ...(await planMigrations(engine, migrations)) };
}

interface PlanLook<T> {
  readonly order: ExecOrder;
  /** Sees the database in the very state that was planned for: the same snapshot. */
  readonly look: (report: PlanReport) => Promise<T>;
}

/** Plans, and does something else in the same transaction. */
export async function lookWhilePlanning<T>(
  engine: Engine,
  source: MigrationSource,
  { order, look }: PlanLook<T>,
): Promise<T> {
  const { about, migrations } = await lookForPending(engine, source, order);
  return inPlanning(engine, async () => look({ ...about, ...(await planAll(engine, migrations)) }));
}

interface PendingHere {
  readonly about: Omit<PlanReport, keyof Planned>;
  readonly migrations: readonly RunnableMigration[];
}

async function lookForPending(
  engine: Engine,
  source: MigrationSource,
  order: ExecOrder,
): Promise<PendingHere> {
  const snapshot = await new Ledger(engine.session.connection, engine.names).snapshot();
  const files = await filesInTurn(snapshot, source);
  const selected = inspect(snapshot, files.inTurn, order);
  const environment = snapshot.marker?.environment ?? null;
  const loaded: RunnableMigration[] = [];
  for (const id of selected.pending) loaded.push(await source.load(id));
  const migrations = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const others = loaded.filter((each) => !migrations.includes(each)).map(({ id }) => id);
  const elsewhere = [...files.elsewhere, ...others].sort();
  const { window, strategy } = engine.settings;
  const { installed: ledgerInstalled } = snapshot;
  const marker = snapshot.marker?.marker ?? null;
  return {
    about: { window, strategy, environment, ledgerInstalled, marker, selected, elsewhere },
    migrations,
  };
}

type Planned = Pick<PlanReport, 'migrations' | 'schema' | 'isNew'>;

const NOTHING_PLANNED: Planned = { migrations: [], schema: {}, isNew: false };

/** The same of migrations that are loaded. */
export async function planMigrations(
  engine: Engine,
  migrations: readonly RunnableMigration[],
): Promise<Planned> {
  if (migrations.length === 0) return NOTHING_PLANNED;
  return inPlanning(engine, () => planAll(engine, migrations));
}

/** All that is counted in it is of one moment. */
function inPlanning<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  return inSnapshot(engine.session.connection, transactionSettings(engine), work);
}

async function planAll(engine: Engine, migrations: readonly RunnableMigration[]): Promise<Planned> {
  const { connection } = engine.session;
  if (migrations.length === 0) return NOTHING_PLANNED;
  const planner = await MigrationPlanner.create(engine);
  const prepared: PreparedMigration[] = [];
  for (const migration of migrations) prepared.push(await planner.prepare(migration));
  // From here on the server itself refuses every write but to the temporary tables.
  await connection.query(rawSql('set transaction read only'));
  const planned: PlannedMigration[] = [];
  for (const each of prepared) planned.push(await planner.assess(each));
  return {
    migrations: planned,
    schema: planner.schemaOf(planned),
    isNew: await planner.isNew(planned),
  };
}
