import { CancellableConnection, cancelledError } from '../database/cancellable.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { statusAfter } from '../ledger/transitions.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { isForEnvironment } from '../policy/environment.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { contextFrom, eventError, type EventContext, migrationEvent } from './events.ts';
import { asCommandError } from './failures.ts';
import { filesInTurn, inspect, type MigrationSource } from './inspection.ts';
import { installLedger } from './install-ledger.ts';
import type { ExecOrder } from './pending.ts';
import { type Rehearsal, rehearseMigration } from './rehearse-migration.ts';
import type { RunnableMigration } from './runnable.ts';

export interface RehearseOptions {
  /** Null: whatever is pending. */
  readonly id: string | null;
  readonly order: ExecOrder;
  readonly begun?: (environment: string | null) => void;
  readonly ended?: (result: RehearsalResult) => void;
}

export interface RehearsalResult {
  readonly id: string;
  readonly description: string;
  readonly irreversible: string | null;
  readonly durationMs: number;
  readonly outcome:
    | {
        readonly kind: 'rehearsed';
        readonly rehearsal: Rehearsal;
        readonly event: AppendedEvent | null;
      }
    | { readonly kind: 'skipped'; readonly missing: readonly string[] }
    | { readonly kind: 'failed'; readonly error: HygieneError };
}

export interface RehearseReport {
  readonly window: Window;
  readonly strategy: Strategy | null;
  readonly environment: string | null;
  readonly results: readonly RehearsalResult[];
  readonly elsewhere: readonly string[];
  /** The first one. */
  readonly error: HygieneError | null;
}

/** What ends a rehearsal of several, and leaves nothing to record. */
const ENDING = new Set([
  'HYG_RUN_CANCELLED',
  'HYG_LOCK_HELD',
  'HYG_DB_CONNECTION_LOST',
  'HYG_DB_UNREACHABLE',
]);

/**
 * Does what `up` would do, puts it back from the archive just made, compares every table that was touched
 * with what it was, and rolls back. Only the event `rehearsed` stays (and the ledger, where there was none).
 * @throws HygieneError when it refuses before anything is tried
 */
export async function rehearse(
  engine: Engine,
  source: MigrationSource,
  options: RehearseOptions,
): Promise<RehearseReport> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  options.begun?.(environment);
  const { migrations, elsewhere } = await wanted(snapshot, source, options);
  const { window, strategy } = engine.settings;
  const about = { window, strategy, environment, elsewhere };
  if (migrations.length === 0) return { ...about, results: [], error: null };

  const context = await contextOf(engine, snapshot);
  const results: RehearsalResult[] = [];
  for (const migration of migrations) {
    const result = await rehearseOne(context, migration);
    results.push(result);
    options.ended?.(result);
    if (isEnding(result)) break;
  }
  const errors = results.flatMap(({ outcome }) =>
    outcome.kind === 'failed' ? [outcome.error] : [],
  );
  return { ...about, results, error: errors[0] ?? null };
}

/** The proofs need functions of the ledger's schema, so it is made where it is missing, as `up` does. */
async function contextOf(engine: Engine, snapshot: LedgerSnapshot): Promise<EventContext> {
  if (!snapshot.installed) await installLedger(engine);
  return contextFrom(engine, snapshot);
}

function isEnding({ outcome }: RehearsalResult): boolean {
  return outcome.kind === 'failed' && ENDING.has(outcome.error.code);
}

interface Wanted {
  readonly migrations: readonly RunnableMigration[];
  readonly elsewhere: readonly string[];
}

async function wanted(
  snapshot: LedgerSnapshot,
  source: MigrationSource,
  { id, order }: RehearseOptions,
): Promise<Wanted> {
  const environment = snapshot.marker?.environment ?? null;
  const files = await filesInTurn(snapshot, source);
  const { pending } = inspect(snapshot, files.inTurn, order);
  if (id !== null) assertRehearsable(id, source, readHistory(snapshot.events).get(id));
  const loaded: RunnableMigration[] = [];
  for (const each of id === null ? pending : [id]) loaded.push(await source.load(each));
  const migrations = loaded.filter((each) => isForEnvironment(each.environments, environment));
  const others = loaded.filter((each) => !migrations.includes(each)).map((each) => each.id);
  return { migrations, elsewhere: [...files.elsewhere, ...others].sort() };
}

async function rehearseOne(
  context: EventContext,
  migration: RunnableMigration,
): Promise<RehearsalResult> {
  const { clock, signal, logger } = context.engine;
  const { id, description, irreversible } = migration;
  const startedAt = clock.monotonicMs();
  const result = (outcome: RehearsalResult['outcome']): RehearsalResult => ({
    ...{ id, description, irreversible, outcome },
    durationMs: Math.round(clock.monotonicMs() - startedAt),
  });
  const tried = await rehearseMigration(context, migration).catch((error: unknown) =>
    signal.aborted ? cancelledError(signal) : asCommandError(error),
  );
  if (!(tried instanceof HygieneError) && 'missing' in tried) {
    return result({ kind: 'skipped', missing: tried.missing });
  }
  const found = tried instanceof HygieneError ? tried : null;
  if (found !== null && ENDING.has(found.code)) return result({ kind: 'failed', error: found });
  const durationMs = Math.round(clock.monotonicMs() - startedAt);
  const event = await record(context, migration, { tried, durationMs }).catch((error: unknown) => {
    logger.warn(
      { migration: id, reason: eventError(error) },
      'the rehearsal could not be recorded',
    );
    return null;
  });
  return result(
    tried instanceof HygieneError
      ? { kind: 'failed', error: tried }
      : { kind: 'rehearsed', rehearsal: tried, event },
  );
}

/** In a transaction of its own, after everything else was rolled back. */
async function record(
  context: EventContext,
  migration: RunnableMigration,
  { tried, durationMs }: { readonly tried: Rehearsal | HygieneError; readonly durationMs: number },
): Promise<AppendedEvent | null> {
  const { engine } = context;
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await beginLocked(connection, runLock(engine));
  try {
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const known = readHistory(await ledger.history()).get(migration.id);
    const status = known?.status ?? 'pending';
    if (statusAfter(status, 'rehearsed') === null) {
      await connection.query(rawSql('rollback'));
      return null;
    }
    const generation = known?.generation ?? 1;
    const event = await ledger.advance(status, {
      ...migrationEvent(context, 'rehearsed', { migration, generation }),
      durationMs,
      ...(tried instanceof HygieneError
        ? { error: eventError(tried), evidence: { equal: false } }
        : { rows: tried.evidence.tables, evidence: evidenceOf(tried) }),
    });
    await connection.query(rawSql('commit'));
    return event;
  } catch (error) {
    if (!connection.isLost()) await engine.session.connection.query(rawSql('rollback'));
    throw error;
  }
}

function evidenceOf({ compared, evidence }: Rehearsal): Readonly<Record<string, unknown>> {
  return {
    // Null: what cannot be undone was only tried.
    equal: compared === null ? null : true,
    tables: (compared ?? []).map(({ table, rows, hash }) => ({ table, rows, hash })),
    checks: evidence.checks.length,
    remarks: evidence.remarks,
  };
}

function assertRehearsable(
  id: string,
  source: MigrationSource,
  known: MigrationRecord | undefined,
): void {
  if (!source.files.some((file) => file.id === id)) {
    throw new HygieneError('HYG_LEDGER_UNKNOWN_ID', {
      message: `The directory has no migration "${id}".`,
      hint: 'hygiene status   lists the ids; an id is the file name without its extension.',
      details: { id },
    });
  }
  const status = known?.status ?? 'pending';
  if (status === 'started' || statusAfter(status, 'rehearsed') !== null) return;
  throw new HygieneError('HYG_REFUSED_NOT_REHEARSABLE', {
    message: `${id} is ${status}: only what is still to be applied can be rehearsed.`,
    hint:
      status === 'applied'
        ? `To see whether its rows would go back: hygiene restore ${id} --dry-run`
        : 'hygiene status   shows where every migration stands.',
    details: { id, status },
  });
}
