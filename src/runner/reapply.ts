import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type Status, statusAfter } from '../ledger/transitions.ts';
import { attemptAgain } from './attempts.ts';
import { runLock, transactionSettings } from './engine.ts';
import type { Engine } from './engine.ts';
import { migrationEvent } from './events.ts';
import { commandContext, subjectOf } from './restore.ts';

export interface ReapplyReport {
  readonly id: string;
  readonly environment: string | null;
  /** Where it stood before. */
  readonly from: Status;
  /** The generation that begins. */
  readonly generation: number;
  readonly event: AppendedEvent;
}

/**
 * Lets the next `up` apply a migration once more: its next generation begins. Changes no row.
 * @throws HygieneError HYG_REFUSED_NOT_REAPPLICABLE
 */
export async function reapply(
  engine: Engine,
  {
    id,
    isFile,
    reason,
  }: { readonly id: string; readonly isFile: boolean; readonly reason: string },
): Promise<ReapplyReport> {
  const context = await commandContext(engine, id, { isFile });
  if (!isFile) throw withoutFile(id);
  return attemptAgain(engine, id, async () => {
    const { connection } = engine.session;
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const record = readHistory(await ledger.history()).get(id);
    if (record === undefined || statusAfter(record.status, 'reapplied') === null) {
      throw notReapplicable(id, record);
    }
    const generation = record.generation + 1;
    const event = await ledger.advance(record.status, {
      ...migrationEvent(context, 'reapplied', { migration: subjectOf(record), generation }),
      note: reason,
    });
    await connection.query(rawSql('commit'));
    const { environment } = context;
    return { id, environment, from: record.status, generation, event };
  });
}

function notReapplicable(id: string, record: MigrationRecord | undefined): HygieneError {
  const status = record?.status ?? 'pending';
  const isRetired = status === 'retired';
  return new HygieneError('HYG_REFUSED_NOT_REAPPLICABLE', {
    message: isRetired
      ? `${id} is retired: it has served its purpose, and is not applied again.`
      : `${id} is ${status}: the next up applies it anyway, so there is nothing to release.`,
    hint: isRetired
      ? 'Write a new migration: hygiene create'
      : 'hygiene plan   shows what up would do.',
    details: { id, status },
  });
}

function withoutFile(id: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_REAPPLICABLE', {
    message: `There is no file of ${id}, so no up could apply it again.`,
    hint: 'Bring the file back first: git log --all -- hygiene',
    details: { id },
  });
}
