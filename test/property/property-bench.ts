import { NO_DEMANDS } from '../../src/policy/environment.ts';
import { type ConnectOptions, openEngine, type OpenedEngine } from '../../src/app/compose.ts';
import type { Clock } from '../../src/kernel/ports.ts';
import { systemClock, systemRandom } from '../../src/kernel/ports.ts';
import { NO_ROUTINE } from '../../src/policy/routine.ts';
import type { RowSet } from '../../src/planner/steps.ts';
import { plan } from '../../src/runner/plan.ts';
import type { PlanReport } from '../../src/runner/plan-report.ts';
import type { RunnableMigration } from '../../src/runner/runnable.ts';
import type { MigrationSource } from '../../src/runner/inspection.ts';
import { restore, type RestoreReport } from '../../src/runner/restore.ts';
import { up, type UpReport } from '../../src/runner/up.ts';
import type { Engine } from '../../src/runner/engine.ts';
import { Workbench } from '../engine/workbench.ts';
import type { SuiteDatabase } from '../support/database.ts';

/** Retries are run at once: nobody else is there who could be waited for. */
const impatientClock: Clock = { ...systemClock, sleep: () => Promise.resolve() };

/** In which window, by which strategy, and in how large batches; null: in one transaction. */
export type How = Pick<Engine['settings'], 'window' | 'strategy'> & {
  readonly batchSize: number | null;
};

const ONLINE: How = { window: 'online', strategy: null, batchSize: null };

/** Runs migrations that have no files, over one connection. */
export class PropertyBench {
  readonly #opened: OpenedEngine;
  readonly #searchPath: readonly string[];
  #runs = 0;

  private constructor(opened: OpenedEngine, searchPath: readonly string[]) {
    this.#opened = opened;
    this.#searchPath = searchPath;
  }

  static async open(
    database: Pick<SuiteDatabase, 'url'>,
    searchPath: readonly string[],
    changes: Partial<ConnectOptions> = {},
  ): Promise<PropertyBench> {
    const bench = new Workbench(database.url);
    const opened = await openEngine(bench.world(), bench.options(changes), 'apply');
    return new PropertyBench(opened, searchPath);
  }

  /** The id of one more migration, newer than all before. */
  nextId(): string {
    this.#runs += 1;
    return `${String(20_260_101_000_000 + this.#runs)}_property`;
  }

  plan(
    migrations: readonly RunnableMigration[],
    protect: readonly RowSet[] = [],
    how: How = ONLINE,
  ): Promise<PlanReport> {
    return plan(this.#engine(protect, how), sourceOf(migrations), 'linear');
  }

  up(
    migrations: readonly RunnableMigration[],
    protect: readonly RowSet[] = [],
    how: How = ONLINE,
  ): Promise<UpReport> {
    const engine = this.#engine(protect, how);
    return up(engine, sourceOf(migrations), {
      order: 'linear',
      confirmed: null,
      plan: null,
      backupProof: null,
      outsideWindow: null,
      surroundings: {
        allowConnections: true,
        tools: { place: { cwd: '.', variables: {} }, probeDashboard: null },
      },
      configured: () =>
        Promise.resolve({
          engine,
          routine: () => NO_ROUTINE,
          demands: () => NO_DEMANDS,
          planTolerance: 0,
        }),
    });
  }

  /** Puts back what a migration has archived. */
  restore(id: string): Promise<RestoreReport> {
    return restore(this.#engine([], ONLINE), {
      ...{ id, isFile: true, dryRun: false, skipExisting: false, reason: null, confirmed: null },
      confirmRequired: () => false,
    });
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  #engine(protect: readonly RowSet[], how: How): Engine {
    const { engine } = this.#opened;
    const { window, strategy, batchSize } = how;
    const { batches } = engine.settings;
    return {
      ...engine,
      clock: impatientClock,
      settings: {
        ...engine.settings,
        ...{ window, strategy, protect },
        searchPath: this.#searchPath,
        batches: { ...batches, firstSize: batchSize ?? batches.firstSize },
      },
      facts: { ...engine.facts, runId: systemRandom.uuid() },
    };
  }
}

function sourceOf(migrations: readonly RunnableMigration[]): MigrationSource {
  return {
    files: migrations.map(({ id, checksum }) => ({ id, checksum })),
    load: (id) => {
      const found = migrations.find((each) => each.id === id);
      return found === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(found);
    },
  };
}
