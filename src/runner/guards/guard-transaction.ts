import { CancellableConnection, cancelledError } from '../../database/cancellable.ts';
import type { Connection } from '../../database/connection.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import {
  databaseErrorFacts,
  hasSqlstate,
  isConnectionError,
  isRetryable,
  sqlstate,
} from '../../database/sqlstate.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { rawSql } from '../../kernel/sql.ts';
import type { AppendedEvent, EventName, NewEvent } from '../../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { Guard } from '../../planner/guard.ts';
import { runLock, transactionSettings } from '../engine.ts';
import { type EventContext, migrationEvent } from '../events.ts';
import { asRunError } from '../failures.ts';

/** While it waits for the table, everybody else queues behind it. */
const LOCK_TIMEOUT_MAX_MS = 2_000;
const TRIES_MAX = 5;
const RETRY_DELAY_MS = 200;

export interface GuardTransaction {
  readonly connection: Connection;
  /** As it stands under the run lock. */
  readonly record: MigrationRecord;
  /** Records what happened to the guard, for the migration as it stands. */
  readonly advance: (event: GuardEventName, facts?: GuardEventFacts) => Promise<AppendedEvent>;
}

type GuardEventName = Extract<EventName, `guard_${string}`>;

interface GuardEventFacts {
  readonly note?: string | null;
  /** What is wrong with it. */
  readonly found?: string;
}

export function guardEvent(
  context: EventContext,
  event: GuardEventName,
  subject: {
    readonly record: Pick<MigrationRecord, 'id' | 'checksum' | 'generation'>;
    readonly guard: Guard;
    readonly facts?: GuardEventFacts;
  },
): NewEvent {
  const { record, guard, facts = {} } = subject;
  const { id, checksum, generation } = record;
  const { note = null, ...more } = facts;
  return {
    ...migrationEvent(context, event, { migration: { id, checksum, ticket: null }, generation }),
    note,
    evidence: {
      guards: [guard.name],
      table: guard.table.toString(),
      form: guard.form,
      ...more,
    },
  };
}

/** Begins under the run lock, does the work and commits. The caller rolls back after an error. */
export async function inGuardTransaction<T>(
  context: EventContext,
  { id, guard }: { readonly id: string; readonly guard: Guard },
  work: (transaction: GuardTransaction) => Promise<T>,
): Promise<T> {
  const { engine } = context;
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  await beginLocked(connection, runLock(engine));
  const { lockTimeoutMs } = engine.settings.limits;
  await applySettings(connection, {
    ...transactionSettings(engine),
    lockTimeoutMs: Math.min(lockTimeoutMs || LOCK_TIMEOUT_MAX_MS, LOCK_TIMEOUT_MAX_MS),
    // Proving reads the whole table, and stops nobody.
    statementTimeoutMs: 0,
  });
  const ledger = new Ledger(connection, engine.names);
  const record = readHistory(await ledger.history()).get(id);
  if (record === undefined) throw new Error(`${id} has a guard but no history`);
  const result = await work({
    connection,
    record,
    advance: async (event, facts) => {
      const subject = facts === undefined ? { record, guard } : { record, guard, facts };
      return ledger.advance(record.status, guardEvent(context, event, subject));
    },
  });
  await connection.query(rawSql('commit'));
  return result;
}

export type Tried<T> =
  | { readonly done: true; readonly value: T }
  /** Not now: nothing is lost, a later run tries again. */
  | { readonly done: false; readonly why: string };

/**
 * Tries a few times where other sessions are in the way. What keeps the guard from being added is told,
 * and fails nothing: the purge is committed.
 * @throws HygieneError when the run was cancelled or the connection lost
 */
export async function tryRepeatedly<T>(
  context: EventContext,
  guard: Guard,
  work: () => Promise<T>,
): Promise<Tried<T>> {
  const { clock, random, signal, session } = context.engine;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { done: true, value: await work() };
    } catch (error) {
      if (session.connection.isLost() || isConnectionError(error)) throw asRunError(error, 'guard');
      await session.connection.query(rawSql('rollback'));
      if (signal.aborted) throw cancelledError(signal);
      if (!isRetryable(error) || attempt >= TRIES_MAX) {
        return { done: false, why: reasonOf(error, guard) };
      }
      await clock.sleep(RETRY_DELAY_MS * attempt * (0.5 + random.next()), signal);
    }
  }
}

/** @throws what is no matter of the database */
function reasonOf(error: unknown, guard: Guard): string {
  const table = guard.table.toString();
  if (isRetryable(error)) return `other sessions kept ${table} locked`;
  if (hasSqlstate(error, sqlstate.insufficientPrivilege)) return `this role does not own ${table}`;
  if (error instanceof HygieneError && error.code === 'HYG_LOCK_HELD') {
    return 'another run is at work';
  }
  const facts = databaseErrorFacts(error);
  if (facts === null) throw error;
  return `${facts.message} (SQLSTATE ${facts.sqlstate})`;
}
