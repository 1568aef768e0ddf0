import { applySettings, BEGIN } from '../../database/settings.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { rawSql } from '../../kernel/sql.ts';
import type { EventName } from '../../ledger/events.ts';
import { readHistory } from '../../ledger/history.ts';
import { outdatedLedger } from '../../ledger/ledger-errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { allProgress, isAlive, ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { contextFrom, type EventContext, migrationEvent } from '../events.ts';

export type Asked = 'pause' | 'resume' | 'cancel';

export interface AskReport {
  readonly environment: string | null;
  readonly id: string;
  readonly asked: Asked;
  /** False: it stood like that already. */
  readonly changed: boolean;
  /** Whether a run is at work, which sees it at the border of its batch. */
  readonly runnerAlive: boolean;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
}

/**
 * Asks a migration in batches to wait, to go on, or to end, from another session than its run. The
 * request and its event are one transaction.
 * @throws HygieneError HYG_BATCH_NOT_FOUND, HYG_LEDGER_OUTDATED
 */
export async function askBatches(
  engine: Engine,
  id: string,
  { asked, reason }: { readonly asked: Asked; readonly reason: string | null },
): Promise<AskReport> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  if (!snapshot.installed) throw notFound(id);
  if ((snapshot.schemaVersion ?? 0) < 2) throw outdatedLedger(`hygiene ${asked}`);
  const context = await contextFrom(engine, snapshot);
  const { environment } = context;
  const generation = await generationUnderWay(engine, id);
  if (generation === null) throw notFound(id);
  const report = await inTransaction(engine, () => ask(context, { id, generation, asked, reason }));
  return { environment, id, asked, ...report };
}

/** A batch holds the row for as long as it takes; that is worth waiting for. */
async function inTransaction<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  const { connection } = engine.session;
  const { limits, runLockTimeoutMs } = engine.settings;
  await connection.query(rawSql(BEGIN));
  try {
    await applySettings(connection, {
      ...transactionSettings(engine),
      lockTimeoutMs: Math.max(limits.lockTimeoutMs, runLockTimeoutMs),
      statementTimeoutMs: 0,
    });
    const result = await work();
    await connection.query(rawSql('commit'));
    return result;
  } catch (error) {
    if (!connection.isLost()) await connection.query(rawSql('rollback'));
    throw error;
  }
}

async function generationUnderWay(engine: Engine, id: string): Promise<number | null> {
  const rows = await allProgress(engine.session.connection, engine.names);
  return rows.findLast(({ migrationId }) => migrationId === id)?.generation ?? null;
}

interface Asking {
  readonly id: string;
  readonly generation: number;
  readonly asked: Asked;
  readonly reason: string | null;
}

async function ask(
  context: EventContext,
  asking: Asking,
): Promise<Omit<AskReport, 'environment' | 'id' | 'asked'>> {
  const { id, generation, asked } = asking;
  const { session, names } = context.engine;
  const store = new ProgressStore(session.connection, names, { migrationId: id, generation });
  const progress = await store.lock();
  if (progress === null) throw notFound(id);
  const { rowsDone, rowsTotal } = progress;
  const runnerAlive = isAlive(progress);
  const event = eventFor(asked, progress, runnerAlive);
  await putRequest(context, store, { asking, progress, event });
  const isRecorded = event !== null && (await record(context, asking, { event, progress }));
  const changed = isRecorded || (asked === 'cancel' && runnerAlive);
  return { changed, runnerAlive, rowsDone, rowsTotal };
}

type RequestEvent = Extract<EventName, 'paused' | 'resumed' | 'cancelled'>;

async function putRequest(
  { engine }: EventContext,
  store: ProgressStore,
  {
    asking,
    progress,
    event,
  }: {
    readonly asking: Asking;
    readonly progress: Progress;
    readonly event: RequestEvent | null;
  },
): Promise<void> {
  const { asked, reason } = asking;
  const who = { by: whoAsks(engine), reason };
  if (event === 'paused') await store.request('pause', who);
  if (event === 'resumed') await store.request(null, who);
  if (asked !== 'cancel') return;
  await store.request(event === null ? 'cancel' : null, who);
  if (event !== null) await store.stop(progress.statistics);
}

/** @returns false where the migration's last run had ended already */
async function record(
  context: EventContext,
  { id, generation, reason }: Asking,
  { event, progress }: { readonly event: RequestEvent; readonly progress: Progress },
): Promise<boolean> {
  const { session, names } = context.engine;
  const ledger = new Ledger(session.connection, names);
  const status = readHistory(await ledger.history()).get(id)?.status ?? 'pending';
  if (event === 'cancelled' && status !== 'started') return false;
  const migration = { id, checksum: progress.checksum ?? '', ticket: null };
  const subject = { migration, generation };
  await ledger.advance(status, { ...migrationEvent(context, event, subject), note: reason });
  return true;
}

/** A run that is alive records its own end. */
function eventFor(asked: Asked, { request }: Progress, runnerAlive: boolean): RequestEvent | null {
  if (asked === 'pause') return request === null ? 'paused' : null;
  if (asked === 'resume') return request === 'pause' ? 'resumed' : null;
  return runnerAlive ? null : 'cancelled';
}

function whoAsks({ facts }: Engine): string {
  const { osUser, host } = facts.actor as { osUser?: string | null; host?: string | null };
  return [osUser ?? 'somebody', host ?? null].filter((part) => part !== null).join('@');
}

function notFound(id: string): HygieneError {
  return new HygieneError('HYG_BATCH_NOT_FOUND', {
    message: `${id} has no batches under way.`,
    hint: "hygiene status   shows what is in progress. Only migrations with transaction: 'batched' have batches.",
    details: { id },
  });
}
