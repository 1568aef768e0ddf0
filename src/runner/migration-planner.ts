import { introspect } from '../catalog/introspect.ts';
import type { Catalog } from '../catalog/model.ts';
import { referenceExists } from '../catalog/resolve.ts';
import { queryOne } from '../database/connection.ts';
import type { ProtectedSet } from '../executor/protected-set.ts';
import { assessPurge } from '../executor/purge.ts';
import { type PreparedPurge, preparePurge, type PurgeScope } from '../executor/prepare-purge.ts';
import { assessScrub, type PreparedScrub, prepareScrub } from '../executor/scrub.ts';
import { firstFilledTable } from '../executor/first-filled-table.ts';
import type { WorkTable } from '../executor/selection-sql.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sql } from '../kernel/sql.ts';
import { schemaFingerprints } from '../planner/schema-fingerprint.ts';
import { forTransaction, plannedBatches } from './batched/planned-batches.ts';
import { tablesOf } from './bind-plan.ts';
import { careful } from './careful.ts';
import { assertFitForCluster } from './cluster.ts';
import type { Engine } from './engine.ts';
import { type JudgedGuards, judgeGuards, NO_GUARDS } from './guards/judge-guards.ts';
import { type PlannableStep, stepsOf, type UnknownStep } from './plannable-steps.ts';
import type { PlannedMigration, PlannedStep } from './plan-report.ts';
import { resolveProtectedSets } from './protected-sets.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';

type PreparedStep =
  | { readonly kind: 'purge'; readonly scope: PurgeScope; readonly prepared: PreparedPurge }
  | { readonly kind: 'scrub'; readonly scope: PurgeScope; readonly prepared: PreparedScrub }
  | UnknownStep
  | HygieneError;

export interface PreparedMigration {
  readonly migration: RunnableMigration;
  readonly missing: readonly string[];
  readonly steps: readonly PreparedStep[];
  readonly guards: JudgedGuards;
}

/** Plans one migration after the other, in an open transaction: later ones do not count what earlier ones take. */
export class MigrationPlanner {
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

  schemaOf(planned: readonly PlannedMigration[]): Readonly<Record<string, string>> {
    const tables = planned.flatMap(({ steps }) => steps.flatMap(tablesOf));
    return schemaFingerprints(this.#catalog, new Set(tables.map(({ table }) => table)));
  }

  /** Looked at only where nothing that is planned finds a row. */
  async isNew(planned: readonly PlannedMigration[]): Promise<boolean> {
    const touched = planned.flatMap(({ steps }) => steps.flatMap(tablesOf));
    if (touched.some(({ removed, changed }) => removed + changed > 0)) return false;
    return (await firstFilledTable(this.#engine.session.connection, this.#catalog)) === null;
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
    const refusals = missing.length > 0 ? [] : this.#clusterRefusals(migration);
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

  /** What is wrong with a step itself is told by the step. */
  #clusterRefusals(migration: RunnableMigration): HygieneError[] {
    try {
      assertFitForCluster(this.#catalog, migration, this.#engine.settings.window);
      return [];
    } catch (error) {
      if (!(error instanceof HygieneError)) throw error;
      return error.code === 'HYG_REFUSED_CLUSTER' ? [error] : [];
    }
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
      const { label, work } = step.prepared;
      const table = work.table.name.toString();
      return { step: { kind: 'scrub', label, table, ...counts }, refusals };
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
      spread: !isWhole,
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
