import { applySettings, BEGIN } from '../../database/settings.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { rawSql } from '../../kernel/sql.ts';
import type { EventName } from '../../ledger/events.ts';
import { readHistory } from '../../ledger/history.ts';
import { readIdentity } from '../../ledger/identity.ts';
import { outdatedLedger } from '../../ledger/ledger-errors.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { allProgress, isAlive, ProgressStore } from '../../ledger/progress.ts';
import type { Progress } from '../../ledger/progress-rows.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { type EventContext, migrationEvent } from '../events.ts';

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
  if (snapshot.installed && (snapshot.schemaVersion ?? 0) < 2) {
    throw outdatedLedger(`hygiene ${asked}`);
  }
  const environment = snapshot.marker?.environment ?? null;
  const identity = await readIdentity(connection, snapshot.marker?.marker ?? null);
  const ledgerVersion = snapshot.schemaVersion ?? 0;
  const context = { engine, environment, identity, ledgerVersion };
  const generation = snapshot.installed ? await generationUnderWay(engine, id) : null;
  if (generation === null) throw notFound(id);
  await connection.query(rawSql(BEGIN));
  // A batch holds the row for as long as it takes; that is worth waiting for.
  const { limits, runLockTimeoutMs } = engine.settings;
  await applySettings(connection, {
    ...transactionSettings(engine),
    lockTimeoutMs: Math.max(limits.lockTimeoutMs, runLockTimeoutMs),
    statementTimeoutMs: 0,
  });
  try {
    const report = await ask(context, { id, generation, asked, reason });
    await connection.query(rawSql('commit'));
    return { environment, id, asked, ...report };
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
  { id, generation, asked, reason }: Asking,
): Promise<Omit<AskReport, 'environment' | 'id' | 'asked'>> {
  const { engine } = context;
  const { connection } = engine.session;
  const store = new ProgressStore(connection, engine.names, { migrationId: id, generation });
  const progress = await store.lock();
  if (progress === null) throw notFound(id);
  const { rowsDone, rowsTotal } = progress;
  const runnerAlive = isAlive(progress);
  const event = eventFor(asked, progress, runnerAlive);
  const by = whoAsks(engine);
  if (asked === 'pause' && event !== null) await store.request('pause', { by, reason });
  if (asked === 'resume' && event !== null) await store.request(null, { by, reason });
  if (asked === 'cancel') {
    await store.request(runnerAlive ? 'cancel' : null, { by, reason });
    if (!runnerAlive) await store.stop(progress.statistics);
  }
  const ledger = new Ledger(connection, engine.names);
  const status = readHistory(await ledger.history()).get(id)?.status ?? 'pending';
  const isOver = event === 'cancelled' && status !== 'started';
  if (event !== null && !isOver) {
    const migration = { id, checksum: progress.checksum ?? '', ticket: null };
    await ledger.advance(status, {
      ...migrationEvent(context, event, { migration, generation }),
      note: reason,
    });
  }
  const changed = asked === 'cancel' ? runnerAlive || !isOver : event !== null;
  return { changed, runnerAlive, rowsDone, rowsTotal };
}

/** A run that is alive records its own end. */
function eventFor(
  asked: Asked,
  { request }: Progress,
  runnerAlive: boolean,
): Extract<EventName, 'paused' | 'resumed' | 'cancelled'> | null {
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
