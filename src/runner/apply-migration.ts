import { CancellableConnection, cancelledError } from '../database/cancellable.ts';
import type { Connection } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { isConnectionError } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { claimMigration } from './claim.ts';
import { runLock, type Session, transactionSettings } from './engine.ts';
import { eventError, type EventContext, evidenceFields, migrationEvent } from './events.ts';
import { asRunError, isWorthRetrying } from './failures.ts';
import { assertLedgerKeepsGuards } from './guards/wanted-guards.ts';
import { doAndProve } from './main-transaction.ts';
import type { Evidence } from './evidence.ts';
import { keepsStages, recordKept } from './record-kept.ts';
import { isFreeForm, type RunnableMigration } from './runnable.ts';

const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 200;
/** A SET of the author's outlives COMMIT: the next migration would see another search_path or role. */
const COMMIT_AND_RESET = 'commit; reset all; reset role';

export type ApplyOutcome =
  | {
      readonly kind: 'applied';
      readonly evidence: Evidence;
      readonly event: AppendedEvent;
      readonly durationMs: number;
      readonly attempts: number;
    }
  /** The connection broke while committing; the ledger shows that the commit went through. */
  | { readonly kind: 'applied unseen' }
  | { readonly kind: 'done elsewhere'; readonly status: string }
  /** Applied in batches, and not at its end: later runs go on. */
  | {
      readonly kind: 'in_progress';
      /** Why it stopped, in words. */
      readonly why: string;
      readonly rowsDone: number;
      readonly rowsTotal: number | null;
    }
  | { readonly kind: 'skipped'; readonly missing: readonly string[] };

/** Another run took this migration over between our two transactions. */
class Superseded extends Error {}

/**
 * Applies one migration: claims it, does and proves the work in one transaction, and records it there.
 * Whatever happens, data and ledger agree.
 * @throws HygieneError when it failed (recorded as `failed` or `cancelled`, rolled back)
 */
export async function applyMigration(
  context: EventContext,
  migration: RunnableMigration,
): Promise<ApplyOutcome> {
  const { clock, signal } = context.engine;
  assertLedgerKeepsGuards(context, migration);
  for (;;) {
    if (signal.aborted) throw cancelledError(signal);
    const claim = await claimMigration(context, migration).catch((error: unknown) => {
      throw asRunError(error, migration.id);
    });
    if (claim.kind === 'done') return { kind: 'done elsewhere', status: claim.status };
    if (claim.kind === 'skipped') return claim;
    const startedAt = clock.monotonicMs();
    const unit = { migration, generation: claim.generation, startedAt };
    try {
      return await attemptRepeatedly(context, unit);
    } catch (error) {
      if (error instanceof Superseded) continue;
      throw await recordFailure(context, unit, error);
    }
  }
}

interface Unit {
  readonly migration: RunnableMigration;
  readonly generation: number;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}

async function attemptRepeatedly(context: EventContext, unit: Unit): Promise<ApplyOutcome> {
  const { clock, random, signal, logger } = context.engine;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(context, unit, attempt);
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || signal.aborted || !isWorthRetrying(error)) throw error;
      logger.warn(
        { migration: unit.migration.id, attempt, error: eventError(error) },
        'other sessions were in the way; the whole transaction is run again',
      );
      await context.engine.session.connection.query(rawSql('rollback'));
      await clock.sleep(RETRY_DELAY_MS * attempt * (0.5 + random.next()), signal);
    }
  }
}

/** Steps 2 to 10. The first attempt follows its claim in one message, so that no other run comes between. */
async function attemptOnce(
  context: EventContext,
  unit: Unit,
  attempt: number,
): Promise<ApplyOutcome> {
  const { engine } = context;
  const { clock, session, signal } = engine;
  const connection = new CancellableConnection(session.connection, signal);
  await beginLocked(connection, runLock(engine), attempt === 1 ? 'commit' : '');
  const ledger = new Ledger(connection, engine.names);
  await assertStillOurs(context, ledger, unit.migration.id);
  const staged = keepsStages(context);
  const evidence = await doAndProve(engine, connection, { ...unit, staged });
  await recordKept(context, evidence, unit);
  await evidence.fence.release();
  const durationMs = Math.round(clock.monotonicMs() - unit.startedAt);
  const event = await ledger.advance('started', {
    ...migrationEvent(context, 'applied', unit),
    ...evidenceFields(engine, evidence, unit.migration),
    durationMs,
  });
  return (await commit(context, unit))
    ? { kind: 'applied', evidence, event, durationMs, attempts: attempt }
    : { kind: 'applied unseen' };
}

/** A later `started` of another run means that ours was declared interrupted meanwhile. */
async function assertStillOurs(context: EventContext, ledger: Ledger, id: string): Promise<void> {
  const record = readHistory(await ledger.history()).get(id);
  if (record?.openRunId === context.engine.facts.runId) return;
  await context.engine.session.connection.query(rawSql('rollback'));
  throw new Superseded(id);
}

/**
 * @returns false when the connection broke while committing and the ledger shows that it went through
 * @throws HygieneError HYG_RUN_COMMIT_UNKNOWN when the database cannot be asked
 */
async function commit(context: EventContext, unit: Unit): Promise<boolean> {
  const { session } = context.engine;
  try {
    await session.connection.script(isFreeForm(unit.migration) ? COMMIT_AND_RESET : 'commit');
    return true;
  } catch (error) {
    if (!session.connection.isLost() && !isConnectionError(error)) throw error;
    if (await wasCommitted(context, unit, error)) return false;
    throw error;
  }
}

/** Under the run lock our old transaction has ended, one way or the other: its `applied` row tells. */
async function wasCommitted(context: EventContext, unit: Unit, lost: unknown): Promise<boolean> {
  const { engine } = context;
  const { runId } = engine.facts;
  try {
    await engine.session.reconnect();
    const { connection } = engine.session;
    await beginLocked(connection, runLock(engine));
    const events = await new Ledger(connection, engine.names).history();
    await connection.query(rawSql('rollback'));
    return events.some(
      ({ event, migrationId, runId: by }) =>
        event === 'applied' && migrationId === unit.migration.id && by === runId,
    );
  } catch (error) {
    throw new HygieneError('HYG_RUN_COMMIT_UNKNOWN', {
      message: `${unit.migration.id}: the connection was lost while committing, and the database cannot be asked.`,
      hint: 'Run again when it can be reached: the ledger knows, and nothing is done twice.',
      cause: new AggregateError([lost, error]),
    });
  }
}

/** The connection, or a new one where the server has ended it. */
async function rolledBack(session: Session, thrown: unknown): Promise<Connection> {
  if (session.connection.isLost() || isConnectionError(thrown)) await session.reconnect();
  await session.connection.query(rawSql('rollback'));
  return session.connection;
}

/** Rolls back and writes `failed` or `cancelled` in a transaction of its own. */
async function recordFailure(
  context: EventContext,
  unit: Unit,
  thrown: unknown,
): Promise<HygieneError> {
  const { engine } = context;
  const { session, signal, clock, logger } = engine;
  const error = signal.aborted ? cancelledError(signal) : asRunError(thrown, unit.migration.id);
  // Whoever holds the lock has recorded our run as interrupted, or will.
  if (error.code === 'HYG_RUN_COMMIT_UNKNOWN' || error.code === 'HYG_LOCK_HELD') return error;
  try {
    const connection = await rolledBack(session, thrown);
    const patient = { ...runLock(engine), signal: new AbortController().signal };
    await beginLocked(connection, patient);
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const record = readHistory(await ledger.history()).get(unit.migration.id);
    if (record?.openRunId === engine.facts.runId) {
      await ledger.advance(record.status, {
        ...migrationEvent(context, signal.aborted ? 'cancelled' : 'failed', unit),
        durationMs: Math.round(clock.monotonicMs() - unit.startedAt),
        error: eventError(signal.aborted ? error : thrown instanceof HygieneError ? thrown : error),
      });
    }
    await connection.query(rawSql('commit'));
  } catch (unrecorded) {
    logger.warn(
      { migration: unit.migration.id, reason: eventError(unrecorded) },
      'the failure could not be recorded; the next run will record it as interrupted',
    );
  }
  return error;
}
