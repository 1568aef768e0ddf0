import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import type { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type Status, statusAfter } from '../ledger/transitions.ts';
import { attemptAgain } from './attempts.ts';
import { runLock, transactionSettings } from './engine.ts';
import { type EventContext, migrationEvent } from './events.ts';
import { subjectOf } from './restore.ts';

export interface Turn {
  readonly event: 'reapplied' | 'retired';
  readonly note: string;
  /** What to say where the event does not follow from where the migration stands. */
  readonly refusal: (record: MigrationRecord | undefined) => HygieneError;
}

export interface Turned {
  /** Where it stood before. */
  readonly from: Status;
  /** The generation that the event is about. */
  readonly generation: number;
  readonly event: AppendedEvent;
}

/** Records what a person decides about a migration: under the run lock, and without touching a row. */
export function turnMigration(
  context: EventContext,
  id: string,
  { event: name, note, refusal }: Turn,
): Promise<Turned> {
  const { engine } = context;
  return attemptAgain(engine, id, async () => {
    const { connection } = engine.session;
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const record = readHistory(await ledger.history()).get(id);
    if (record === undefined || statusAfter(record.status, name) === null) throw refusal(record);
    const generation = record.generation + (name === 'reapplied' ? 1 : 0);
    const event = await ledger.advance(record.status, {
      ...migrationEvent(context, name, { migration: subjectOf(record), generation }),
      note,
    });
    await connection.query(rawSql('commit'));
    return { from: record.status, generation, event };
  });
}
