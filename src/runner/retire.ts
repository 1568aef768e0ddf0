import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type Status, statusAfter } from '../ledger/transitions.ts';
import { attemptAgain } from './attempts.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { migrationEvent } from './events.ts';
import { commandContext, subjectOf } from './restore.ts';

export interface RetireReport {
  readonly id: string;
  readonly environment: string | null;
  /** Where it stood before. */
  readonly from: Status;
  readonly event: AppendedEvent;
}

/**
 * Ends a migration: its file may go, its checks are not repeated, the evidence stays. Changes no row.
 * @throws HygieneError HYG_REFUSED_NOT_RETIRABLE
 */
export async function retire(
  engine: Engine,
  {
    id,
    isFile,
    reason,
  }: { readonly id: string; readonly isFile: boolean; readonly reason: string },
): Promise<RetireReport> {
  const context = await commandContext(engine, id, { isFile });
  const { environment } = context;
  return attemptAgain(engine, id, async () => {
    const { connection } = engine.session;
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const record = readHistory(await ledger.history()).get(id);
    if (record === undefined || statusAfter(record.status, 'retired') === null) {
      throw notRetirable(id, record);
    }
    const { generation } = record;
    const event = await ledger.advance(record.status, {
      ...migrationEvent(context, 'retired', { migration: subjectOf(record), generation }),
      note: reason,
    });
    await connection.query(rawSql('commit'));
    return { id, environment, from: record.status, event };
  });
}

function notRetirable(id: string, record: MigrationRecord | undefined): HygieneError {
  const status = record?.status ?? 'pending';
  const message =
    status === 'retired'
      ? `${id} is retired already.`
      : status === 'started'
        ? `${id} is at work, or its run was killed: how it ends is not known yet.`
        : `${id} is ${status}: it never ran here, so there is nothing to retire.`;
  const hint =
    status === 'started'
      ? 'hygiene up   goes on with it; retire it then.'
      : status === 'retired'
        ? 'hygiene ledger --migration ID   shows when, by whom and why.'
        : 'Remove its file, if nobody wants it to run.';
  return new HygieneError('HYG_REFUSED_NOT_RETIRABLE', { message, hint, details: { id, status } });
}
