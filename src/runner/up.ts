import { cancelledError } from '../database/cancellable.ts';
import { queryOne } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { hasSqlstate, sqlstate } from '../database/sqlstate.ts';
import { HygieneError, toHygieneError } from '../kernel/errors.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import { readHistory } from '../ledger/history.ts';
import { readIdentity } from '../ledger/identity.ts';
import { Ledger, type LedgerSnapshot } from '../ledger/ledger.ts';
import {
  checkConfirmation,
  type EnvironmentFacts,
  isForEnvironment,
} from '../policy/environment.ts';
import { type ApplyOutcome, applyMigration } from './apply-migration.ts';
import { type Engine, runLock } from './engine.ts';
import type { EventContext } from './events.ts';
import {
  type ExecOrder,
  type KnownFile,
  latecomers,
  type Selected,
  selectPending,
} from './pending.ts';
import type { RunnableMigration } from './runnable.ts';
import { runWithUmzug } from './umzug-run.ts';

/** The migrations on disk: checksums at once, the rest only when something is pending. */
export interface MigrationSource {
  readonly files: readonly KnownFile[];
  load(id: string): Promise<RunnableMigration>;
}

export interface UpOptions {
  readonly order: ExecOrder;
  readonly confirmed: string | null;
  /** Asked only when something is pending: reading the config takes longer than all the checks before. */
  readonly configured: () => Promise<RunConfiguration>;
  readonly observer?: UpObserver;
}

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
  /** By environment marker, whether the config demands a confirmation. */
  readonly confirmRequired: (marker: string | null) => boolean;
}

export interface MigrationResult {
  readonly id: string;
  readonly description: string;
  readonly irreversible: string | null;
  readonly outcome: ApplyOutcome | { readonly kind: 'failed'; readonly error: HygieneError };
}

export interface UpReport {
  readonly environment: string | null;
  readonly results: readonly MigrationResult[];
  /** Still pending when it ended. */
  readonly remaining: readonly string[];
  readonly selected: Selected;
  /** Meant for other environments. */
  readonly elsewhere: readonly string[];
  /** What ended it early, if anything did. */
  readonly error: HygieneError | null;
}

/**
 * Applies what is pending, in order, and stops at the first failure. With nothing pending it has
 * checked every checksum and the head of the chain, and nothing else was loaded.
 * @throws HygieneError when it refuses before anything runs
 */
export async function up(
  engine: Engine,
  source: MigrationSource,
  options: UpOptions,
): Promise<UpReport> {
  const snapshot = await new Ledger(engine.session.connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  const files = await filesInTurn(snapshot, source);
  const selected = inspect(snapshot, files.inTurn, options.order);
  const nothing = { environment, results: [], remaining: [], selected, elsewhere: [], error: null };
  if (selected.pending.length === 0) return { ...nothing, elsewhere: files.elsewhere };

  const loaded: RunnableMigration[] = [];
  for (const id of selected.pending) loaded.push(await source.load(id));
  const here = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const others = loaded.filter((each) => !here.includes(each)).map(({ id }) => id);
  const elsewhere = [...files.elsewhere, ...others].sort();
  if (here.length === 0) return { ...nothing, elsewhere };
  options.observer?.begun(environment);
  const configured = await options.configured();
  const confirmRequired = configured.confirmRequired(environment);
  await assertConfirmed(engine, {
    marker: environment,
    confirmed: options.confirmed,
    confirmRequired,
  });

  if (!snapshot.installed) await installLedger(engine);
  const identity = await readIdentity(engine.session.connection, snapshot.marker?.marker ?? null);
  const run = new UpRun(
    { engine: configured.engine, environment, identity },
    here,
    options.observer,
  );
  await run.go(selected);
  return { environment, selected, elsewhere, ...run.result() };
}

/** The checks that every `up` makes, pending or not. */
export function inspect(
  snapshot: LedgerSnapshot,
  files: readonly KnownFile[],
  order: ExecOrder,
): Selected {
  if (!snapshot.headOk) {
    throw new HygieneError('HYG_INTEGRITY_CHAIN', {
      message: 'The newest event of the ledger was changed, or events are missing before it.',
      hint: 'hygiene ledger verify   shows what is wrong. Nothing was run.',
    });
  }
  return selectPending(files, readHistory(snapshot.events), order);
}

/** A file for another environment is never late here. Only files that look late have to be loaded to know. */
export async function filesInTurn(
  snapshot: LedgerSnapshot,
  source: MigrationSource,
): Promise<{ readonly inTurn: readonly KnownFile[]; readonly elsewhere: readonly string[] }> {
  const environment = snapshot.marker?.environment ?? null;
  const elsewhere: string[] = [];
  for (const id of latecomers(source.files, readHistory(snapshot.events))) {
    const { environments } = await source.load(id);
    if (!isForEnvironment(environments, environment)) elsewhere.push(id);
  }
  return { inTurn: source.files.filter(({ id }) => !elsewhere.includes(id)), elsewhere };
}

async function assertConfirmed(
  engine: Engine,
  facts: Omit<EnvironmentFacts, 'database'>,
): Promise<void> {
  const { database } = await queryOne<{ database: string }>(
    engine.session.connection,
    sql`select current_database()::text as database`,
  );
  const refusal = checkConfirmation({ ...facts, database });
  if (refusal !== null) throw refusal;
}

/** Several first runs may come at once, so it is looked at again under the lock. */
export async function installLedger(engine: Engine): Promise<void> {
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  try {
    const ledger = new Ledger(connection, engine.names);
    if (!(await ledger.isInstalled())) await ledger.install(engine.facts.toolVersion);
    await connection.query(rawSql('commit'));
  } catch (error) {
    await connection.query(rawSql('rollback'));
    throw hasSqlstate(error, sqlstate.insufficientPrivilege) ? mayNotInstall(error) : error;
  }
}

function mayNotInstall(cause: unknown): HygieneError {
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `There is no ledger yet, and this role may not make it: ${(cause as Error).message}.`,
    hint: 'Let a DBA run the script of `hygiene init --print-sql`, or grant create on the database to the role.',
    cause,
  });
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
      this.#error = toHygieneError(error);
    }
  }

  result(): Pick<UpReport, 'results' | 'remaining' | 'error'> {
    const ended = new Set(
      this.#results.filter(({ outcome }) => outcome.kind !== 'failed').map(({ id }) => id),
    );
    const remaining = this.#migrations.filter(({ id }) => !ended.has(id)).map(({ id }) => id);
    return { results: this.#results, remaining, error: this.#error };
  }

  async #apply(migration: RunnableMigration): Promise<void> {
    const { signal } = this.#context.engine;
    if (signal.aborted) throw cancelledError(signal);
    const { id, description, irreversible } = migration;
    try {
      const outcome = await applyMigration(this.#context, migration);
      this.#keep({ id, description, irreversible, outcome });
    } catch (thrown) {
      const error = toHygieneError(thrown);
      this.#keep({ id, description, irreversible, outcome: { kind: 'failed', error } });
      throw error;
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
