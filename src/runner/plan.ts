import { introspect } from '../catalog/introspect.ts';
import type { Catalog } from '../catalog/model.ts';
import { referenceExists } from '../catalog/resolve.ts';
import { queryOne } from '../database/connection.ts';
import { applySettings, BEGIN } from '../database/settings.ts';
import type { ProtectedSet } from '../executor/protected-rows.ts';
import {
  assessPurge,
  type PreparedPurge,
  preparePurge,
  type PurgeScope,
} from '../executor/purge.ts';
import { assessScrub, type PreparedScrub, prepareScrub } from '../executor/scrub.ts';
import type { WorkTable } from '../executor/selection-sql.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Guard } from '../planner/guard.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { isForEnvironment } from '../policy/environment.ts';
import { forTransaction, type PlannedBatches, plannedBatches } from './batched/planned-batches.ts';
import { careful } from './careful.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { type JudgedGuards, judgeGuards, NO_GUARDS } from './guards/judge-guards.ts';
import type { ExecOrder, Selected } from './pending.ts';
import { type PlannableStep, stepsOf, type UnknownStep } from './plannable-steps.ts';
import { resolveProtectedSets } from './protected-sets.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';

export type PlannedStep =
  | { readonly kind: 'purge'; readonly label: string; readonly plan: PurgePlan }
  | {
      readonly kind: 'scrub';
      readonly label: string;
      readonly rows: number;
      readonly total: number;
      readonly nullRows: number;
    }
  | UnknownStep;

export interface PlannedMigration {
  readonly id: string;
  readonly description: string;
  readonly irreversible: string | null;
  readonly transaction: 'single' | 'batched';
  /** For a migration in batches: listed rows of the first, and about how many batches; else null. */
  readonly batches: PlannedBatches | null;
  readonly steps: readonly PlannedStep[];
  /** Seed guards that it would leave behind. */
  readonly guards: readonly Guard[];
  /** Why `up` would refuse it. */
  readonly refusals: readonly HygieneError[];
  /** Tables and columns it requires and that are missing: `up` would skip it. */
  readonly missing: readonly string[];
}

export interface PlanReport {
  /** As it was planned for: an `up` without them may do otherwise. */
  readonly window: Window;
  readonly strategy: Strategy | null;
  readonly environment: string | null;
  readonly ledgerInstalled: boolean;
  readonly migrations: readonly PlannedMigration[];
  readonly selected: Selected;
  readonly elsewhere: readonly string[];
}

/**
 * What `up` would do, with exact counts. Temporary tables hold the selections; nothing is locked and
 * the transaction is always rolled back, so nothing is kept.
 */
export async function plan(
  engine: Engine,
  source: MigrationSource,
  order: ExecOrder,
): Promise<PlanReport> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  const files = await filesInTurn(snapshot, source);
  const selected = inspect(snapshot, files.inTurn, order);
  const environment = snapshot.marker?.environment ?? null;
  const loaded: RunnableMigration[] = [];
  for (const id of selected.pending) loaded.push(await source.load(id));
  const here = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const others = loaded.filter((each) => !here.includes(each)).map(({ id }) => id);
  const elsewhere = [...files.elsewhere, ...others].sort();
  const migrations = here.length === 0 ? [] : await planAll(engine, here);
  const { window, strategy } = engine.settings;
  const ledgerInstalled = snapshot.installed;
  return { window, strategy, environment, ledgerInstalled, migrations, selected, elsewhere };
}

async function planAll(
  engine: Engine,
  migrations: readonly RunnableMigration[],
): Promise<readonly PlannedMigration[]> {
  const { connection } = engine.session;
  await connection.query(rawSql(BEGIN));
  try {
    await applySettings(connection, transactionSettings(engine));
    const planner = await MigrationPlanner.create(engine);
    const prepared: PreparedMigration[] = [];
    for (const migration of migrations) prepared.push(await planner.prepare(migration));
    // From here on the server itself refuses every write but to the temporary tables.
    await connection.query(rawSql('set transaction read only'));
    const planned: PlannedMigration[] = [];
    for (const each of prepared) planned.push(await planner.assess(each));
    return planned;
  } finally {
    if (!connection.isLost()) await connection.query(rawSql('rollback'));
  }
}

type PreparedStep =
  | { readonly kind: 'purge'; readonly scope: PurgeScope; readonly prepared: PreparedPurge }
  | { readonly kind: 'scrub'; readonly scope: PurgeScope; readonly prepared: PreparedScrub }
  | UnknownStep
  | HygieneError;

interface PreparedMigration {
  readonly migration: RunnableMigration;
  readonly missing: readonly string[];
  readonly steps: readonly PreparedStep[];
  readonly guards: JudgedGuards;
}

class MigrationPlanner {
  readonly #engine: Engine;
  readonly #catalog: Catalog;
  readonly #role: string;
  readonly #protectedSets: readonly ProtectedSet[];
  /** Selections of earlier steps: their rows will be gone when later steps run. */
  readonly #earlier: WorkTable[] = [];
  #steps = 0;

  private constructor(engine: Engine, catalog: Catalog, role: string) {
    this.#engine = engine;
    this.#catalog = catalog;
    this.#role = role;
    this.#protectedSets = resolveProtectedSets(catalog, engine.settings.protect);
  }

  static async create(engine: Engine): Promise<MigrationPlanner> {
    const { connection } = engine.session;
    const { schema, archiveSchema } = engine.names;
    const catalog = await introspect(connection, { excludeSchemas: [schema, archiveSchema] });
    const { role } = await queryOne<{ role: string }>(
      connection,
      sql`select current_user::text as role`,
    );
    return new MigrationPlanner(engine, catalog, role);
  }

  /** Resolves tables and makes the temporary ones. */
  async prepare(migration: RunnableMigration): Promise<PreparedMigration> {
    const missing = migration.requires.filter((name) => !referenceExists(this.#catalog, name));
    const { connection } = this.#engine.session;
    const steps: PreparedStep[] = [];
    for (const step of missing.length > 0 ? [] : stepsOf(migration)) {
      const own = forTransaction(step, migration);
      steps.push(await careful(connection, migration.id, () => this.#prepareStep(migration, own)));
    }
    const guards = missing.length > 0 ? NO_GUARDS : await this.#judgeGuards(migration);
    return { migration, missing, steps, guards };
  }

  async assess({
    migration,
    missing,
    steps,
    guards,
  }: PreparedMigration): Promise<PlannedMigration> {
    const { id, description, irreversible } = migration;
    const { connection } = this.#engine.session;
    const planned: PlannedStep[] = [];
    const refusals: HygieneError[] = [];
    for (const step of steps) {
      const outcome =
        step instanceof HygieneError
          ? step
          : await careful(connection, id, () => this.#assessStep(step));
      if (outcome instanceof HygieneError) {
        refusals.push(outcome);
      } else {
        planned.push(outcome.step);
        refusals.push(...outcome.refusals);
      }
    }
    const { transaction } = migration;
    const plans = planned.flatMap((step) => (step.kind === 'purge' ? [step.plan] : []));
    const batches =
      transaction === 'batched' ? plannedBatches(plans, this.#engine.settings.batches) : null;
    return {
      ...{ id, description, irreversible, transaction, batches },
      ...{ missing, steps: planned, ...guards, refusals: [...refusals, ...guards.refusals] },
    };
  }

  #judgeGuards(migration: RunnableMigration): Promise<JudgedGuards> {
    const place = { migrationId: migration.id };
    return judgeGuards({ ...this.#scope(migration), place }, migration);
  }

  async #prepareStep(
    migration: RunnableMigration,
    step: PlannableStep,
  ): Promise<Exclude<PreparedStep, HygieneError>> {
    if (step.kind === 'unknown') return step;
    const scope = this.#scope(migration);
    return step.kind === 'purge'
      ? { kind: 'purge', scope, prepared: await preparePurge(scope, step) }
      : { kind: 'scrub', scope, prepared: await prepareScrub(scope, step) };
  }

  async #assessStep(
    step: Exclude<PreparedStep, HygieneError>,
  ): Promise<{ readonly step: PlannedStep; readonly refusals: readonly HygieneError[] }> {
    if (step.kind === 'unknown') return { step, refusals: [] };
    if (step.kind === 'scrub') {
      const { refusals, ...counts } = await assessScrub(step.scope, step.prepared);
      return { step: { kind: 'scrub', label: step.prepared.label, ...counts }, refusals };
    }
    const { label, selection } = step.prepared;
    const { plan: purgePlan, refusals } = await assessPurge(step.scope, step.prepared);
    this.#earlier.push(...selection.doomedTables);
    return { step: { kind: 'purge', label, plan: purgePlan }, refusals };
  }

  #scope(migration: RunnableMigration): PurgeScope {
    this.#steps += 1;
    const { window, strategy } = this.#engine.settings;
    // Batches leave the tables to the application, whatever the window.
    const isWhole = migration.transaction === 'single';
    return {
      window: isWhole ? window : 'online',
      strategy: isWhole ? strategy : null,
      isFreeForm: isFreeForm(migration),
      settle: () => Promise.resolve(),
      connection: this.#engine.session.connection,
      catalog: this.#catalog,
      role: this.#role,
      protectedSets: this.#protectedSets,
      prefix: `p${String(this.#steps)}`,
      lock: false,
      earlier: this.#earlier,
    };
  }
}
