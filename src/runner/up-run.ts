import { cancelledError } from '../database/cancellable.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import type { Demands } from '../policy/environment.ts';
import type { Routine } from '../policy/routine.ts';
import { AroundRun, type AroundReport, type RunSurroundings } from './around/around-run.ts';
import { lookAfterSpace, type SpaceReport } from './after-commit.ts';
import { type ApplyOutcome, applyMigration } from './apply-migration.ts';
import type { Engine } from './engine.ts';
import { contextFrom, type EventContext } from './events.ts';
import type { GuardOutcome } from './guards/settle-guards.ts';
import { asCommandError } from './failures.ts';
import { installLedger } from './install-ledger.ts';
import type { Selected } from './pending.ts';
import { assertAllowed, type Assurances } from './preconditions.ts';
import type { RunnableMigration } from './runnable.ts';
import { recordBackup } from './record-backup.ts';
import { runWithUmzug } from './umzug-run.ts';
import type { MigrationResult } from './migration-result.ts';

/** Told while it goes on, since it may take hours. */
export interface UpObserver {
  /** Something is pending; nothing has run yet. */
  begun(environment: string | null): void;
  /** One migration has ended, applied or not. */
  ended(result: MigrationResult): void;
}

export interface RunConfiguration {
  /** The engine with the protected sets and side effects of the config. */
  readonly engine: Engine;
  /** What the config demands, by environment marker. */
  readonly demands: (marker: string | null) => Demands;
  /** Share of the planned rows by which a count may differ from the plan. */
  readonly planTolerance: number;
  /** What belongs to a run beside the run itself, by environment marker. */
  readonly routine: (marker: string | null) => Routine;
}

export interface PendingRun extends Assurances {
  readonly snapshot: LedgerSnapshot;
  readonly selected: Selected;
  /** The pending ones that are meant for this environment, in order. */
  readonly migrations: readonly RunnableMigration[];
  readonly configured: () => Promise<RunConfiguration>;
  readonly surroundings: Omit<RunSurroundings, 'outsideWindow' | 'routine'>;
  /** Only goes on with what was begun. */
  readonly onlyBegun: boolean;
  readonly observer: UpObserver | undefined;
}

export interface PendingResult {
  readonly results: readonly MigrationResult[];
  /** Still pending when it ended. */
  readonly remaining: readonly string[];
  /** What ended it early, if anything did. */
  readonly error: HygieneError | null;
  /** Null: there was nothing beside the migrations. */
  readonly around: AroundReport | null;
}

/**
 * Applies the pending migrations and stops at the first failure.
 * @throws HygieneError when it refuses before anything runs
 */
export async function runPending(engine: Engine, pending: PendingRun): Promise<PendingResult> {
  const { snapshot, selected, migrations, plan, backupProof, observer } = pending;
  observer?.begun(snapshot.marker?.environment ?? null);
  const { demands, planTolerance, routine, ...configured } = await pending.configured();
  const seen = await contextFrom(configured.engine, snapshot);
  const { environment, identity } = seen;
  const intent = { ...pending, identity, demands: demands(environment), planTolerance };
  await assertAllowed(configured.engine, intent);

  if (!snapshot.installed) await installLedger(engine);
  const bound = plan === null ? null : { plan, tolerance: planTolerance };
  const settings = { ...configured.engine.settings, bound, backup: backupProof };
  const context = { ...seen, engine: { ...configured.engine, settings } };
  if (backupProof !== null) await recordBackup(context, backupProof);
  const { outsideWindow, surroundings } = pending;
  const around = new AroundRun(context, {
    ...surroundings,
    outsideWindow,
    routine: routine(environment),
  });
  const run = new UpRun(context, migrations, observer);
  // What was begun there must be ended, whatever happens.
  const hindrance = await around.begin().catch(asCommandError);
  if (hindrance === null) await run.go(selected);
  const result = run.result();
  const { report, error } = await around.end(result.results);
  return { ...result, around: report, error: hindrance ?? result.error ?? error };
}

/** A migration in batches has stopped before its end: those after it wait. */
class Unfinished extends Error {}

/** Batches are loaded only where a migration wants them. */
async function apply(context: EventContext, migration: RunnableMigration): Promise<ApplyOutcome> {
  if (migration.transaction === 'single') return applyMigration(context, migration);
  const { applyBatched } = await import('./batched/apply-batched.ts');
  return applyBatched(context, migration);
}

/** One pass over what is pending. */
class UpRun {
  readonly #context: EventContext;
  readonly #migrations: readonly RunnableMigration[];
  readonly #observer: UpObserver | undefined;
  readonly #results: MigrationResult[] = [];
  #error: HygieneError | null = null;

  constructor(
    context: EventContext,
    migrations: readonly RunnableMigration[],
    observer: UpObserver | undefined,
  ) {
    this.#context = context;
    this.#migrations = migrations;
    this.#observer = observer;
  }

  async go(selected: Selected): Promise<void> {
    const byId = new Map(this.#migrations.map((migration) => [migration.id, migration]));
    try {
      await runWithUmzug({
        ids: [...selected.applied, ...byId.keys()],
        settled: selected.applied,
        apply: async (id) => {
          const migration = byId.get(id);
          if (migration !== undefined) await this.#apply(migration);
        },
        isRecorded: (id) => this.#isRecorded(id),
      });
    } catch (error) {
      if (!(error instanceof Unfinished)) this.#error = asCommandError(error);
    }
  }

  result(): Omit<PendingResult, 'around'> {
    const ended = new Set(
      this.#results
        .filter(({ outcome }) => outcome.kind !== 'failed' && outcome.kind !== 'in_progress')
        .map(({ id }) => id),
    );
    const remaining = this.#migrations.filter(({ id }) => !ended.has(id)).map(({ id }) => id);
    return { results: this.#results, remaining, error: this.#error };
  }

  async #apply(migration: RunnableMigration): Promise<void> {
    const { signal } = this.#context.engine;
    if (signal.aborted) throw cancelledError(signal);
    const { id, description, irreversible } = migration;
    const about = { id, description, irreversible };
    const outcome = await apply(this.#context, migration).catch((thrown: unknown) => {
      const error = asCommandError(thrown);
      this.#keep({ ...about, outcome: { kind: 'failed', error } });
      throw error;
    });
    const space = await this.#lookAfterSpace(outcome);
    const { guards, error } = await this.#settleGuards(id, outcome);
    this.#keep({ ...about, outcome, space, guards });
    if (error !== null) throw error;
    if (outcome.kind === 'in_progress') throw new Unfinished(id);
  }

  async #lookAfterSpace(outcome: ApplyOutcome): Promise<SpaceReport | null> {
    if (outcome.kind !== 'applied') return null;
    const { durationMs, event, evidence } = outcome;
    const committed = { tables: evidence.tables, seq: event.seq, durationMs };
    return lookAfterSpace(this.#context.engine, committed);
  }

  /** The purge is committed, whatever becomes of its guards. */
  async #settleGuards(
    id: string,
    outcome: ApplyOutcome,
  ): Promise<{ readonly guards: readonly GuardOutcome[]; readonly error: HygieneError | null }> {
    const mayWant =
      outcome.kind === 'applied unseen' ||
      (outcome.kind === 'applied' && outcome.evidence.guards.length > 0);
    if (!mayWant) return { guards: [], error: null };
    try {
      const { settleGuards } = await import('./guards/settle-guards.ts');
      const guards = await settleGuards(this.#context, id);
      return { guards, error: guards.find(({ error }) => error !== null)?.error ?? null };
    } catch (thrown) {
      return { guards: [], error: asCommandError(thrown) };
    }
  }

  #keep(result: MigrationResult): void {
    this.#results.push(result);
    this.#observer?.ended(result);
  }

  async #isRecorded(id: string): Promise<boolean> {
    const { session, names } = this.#context.engine;
    const record = readHistory(await new Ledger(session.connection, names).history()).get(id);
    return record !== undefined && record.status !== 'pending' && record.status !== 'started';
  }
}
