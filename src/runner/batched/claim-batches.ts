import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { rawSql } from '../../kernel/sql.ts';
import { type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { outdatedLedger } from '../../ledger/ledger-errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { isAlive, ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import type { Status } from '../../ledger/transitions.ts';
import { closeOpenRun, missingRequirements } from '../claim.ts';
import { runLock, transactionSettings } from '../engine.ts';
import { type EventContext, migrationEvent } from '../events.ts';
import type { RunnableMigration } from '../runnable.ts';
import { cancelledByRequest, heldByAnother } from './batch-errors.ts';
import { forgetBatches } from './forget.ts';

export type BatchClaim =
  | { readonly kind: 'claimed'; readonly generation: number; readonly token: number }
  | { readonly kind: 'done'; readonly status: Status }
  | { readonly kind: 'skipped'; readonly missing: readonly string[] }
  | { readonly kind: 'paused'; readonly progress: Progress };

type Attempt = BatchClaim | { readonly kind: 'held'; readonly progress: Progress };

const FINAL: ReadonlySet<Status> = new Set(['applied', 'held', 'retired', 'baselined']);
const POLL_MS = 200;

/**
 * Takes the migration over, unless somebody is alive at work on it: then it waits for up to the
 * time-out of the run lock. Committed when it returns; the token is what counts from then on.
 * @throws HygieneError HYG_LOCK_HELD, HYG_LEDGER_OUTDATED, HYG_BATCH_CANCELLED
 */
export async function claimBatches(
  context: EventContext,
  migration: RunnableMigration,
): Promise<BatchClaim> {
  const { clock, random, signal, settings, progress: tell } = context.engine;
  if (context.ledgerVersion < 2) throw outdatedLedger("transaction: 'batched'");
  const giveUpAt = clock.monotonicMs() + settings.runLockTimeoutMs;
  for (;;) {
    const claim = await attempt(context, migration);
    if (claim.kind !== 'held') return claim;
    const { progress } = claim;
    if (clock.monotonicMs() >= giveUpAt) throw heldByAnother(progress, settings.runLockTimeoutMs);
    const { rowsDone, rowsTotal, backendPid } = progress;
    const waitingFor = `another run (pid ${backendPid})`;
    tell({
      migrationId: migration.id,
      phase: 'removing',
      table: null,
      rowsDone,
      rowsTotal,
      waitingFor,
    });
    await clock.sleep(POLL_MS * (0.5 + random.next()), signal);
  }
}

async function attempt(context: EventContext, migration: RunnableMigration): Promise<Attempt> {
  const { engine } = context;
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  const ledger = new Ledger(connection, engine.names);
  const record = readHistory(await ledger.history()).get(migration.id);
  const generation = record?.generation ?? 1;
  const store = new ProgressStore(connection, engine.names, {
    migrationId: migration.id,
    generation,
  });
  const claim = await claimFree({ context, migration, ledger, record, store });
  const isWritten = claim.kind === 'claimed' || claim.kind === 'skipped';
  await connection.query(rawSql(isWritten ? 'commit' : 'rollback'));
  return claim;
}

interface Claiming {
  readonly context: EventContext;
  readonly migration: RunnableMigration;
  readonly ledger: Ledger;
  readonly record: MigrationRecord | undefined;
  readonly store: ProgressStore;
}

async function claimFree(claiming: Claiming): Promise<Attempt> {
  const { record, store } = claiming;
  if (record !== undefined && FINAL.has(record.status)) {
    return { kind: 'done', status: record.status };
  }
  const found = await store.tryLock();
  const progress = found === 'busy' ? await store.read() : found;
  if (progress === null) return begin(claiming, null);
  if (found === 'busy' || isAlive(progress)) return { kind: 'held', progress };
  if (progress.request === 'pause') return { kind: 'paused', progress };
  if (progress.request === 'cancel') return endCancelled(claiming, progress);
  return begin(claiming, progress);
}

/** Nobody is at work on it: the last run, if there was one, has stopped or is dead. */
async function begin(claiming: Claiming, progress: Progress | null): Promise<Attempt> {
  const { context, migration, ledger, record, store } = claiming;
  const { generation } = store.key;
  const missing = await missingRequirements(context, migration);
  const isStopped = progress?.state === 'stopped' && record?.status === 'started';
  const open = record === undefined ? undefined : openRun(record, progress);
  const status = isStopped
    ? 'started'
    : await closeOpenRun(context, ledger, { migration, record: open });
  if (missing.length > 0) {
    await skip(claiming, status, missing);
    return { kind: 'skipped', missing };
  }
  const { session, names } = context.engine;
  const earlier = { migrationId: migration.id, generation: generation - 1 };
  await forgetBatches(session.connection, names, earlier);
  const event = isStopped ? 'resumed' : 'started';
  await ledger.advance(status, migrationEvent(context, event, { migration, generation }));
  await store.takeOver(context.engine.facts.runId);
  const taken = await store.read();
  return { kind: 'claimed', generation, token: taken?.token ?? 0 };
}

/** After a `resumed` the run at work is another than the one that started it. */
function openRun(record: MigrationRecord, progress: Progress | null): MigrationRecord {
  const { openRunId } = record;
  return { ...record, openRunId: openRunId === null ? null : (progress?.runId ?? openRunId) };
}

async function skip(
  { context, migration, ledger, store }: Claiming,
  status: Status,
  missing: readonly string[],
): Promise<void> {
  if (status === 'skipped' || status === 'started') return;
  const { generation } = store.key;
  const note = `missing: ${missing.join(', ')}`;
  const skipped = migrationEvent(context, 'skipped', { migration, generation });
  await ledger.advance(status, { ...skipped, note });
}

/** The run that was to be cancelled died before it saw the request. */
async function endCancelled(claiming: Claiming, progress: Progress): Promise<never> {
  const { context, migration, ledger, record, store } = claiming;
  const { generation } = store.key;
  if (record?.status === 'started') {
    await ledger.advance(
      record.status,
      migrationEvent(context, 'cancelled', { migration, generation }),
    );
  }
  await store.request(null, { by: '', reason: null });
  await store.stop(progress.statistics);
  await context.engine.session.connection.query(rawSql('commit'));
  throw cancelledByRequest(progress);
}
