import type { Connection } from '../../database/connection.ts';
import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { hasSqlstate, sqlstate } from '../../database/sqlstate.ts';
import { dropStatements } from '../../guard/guard-sql.ts';
import { dropGuard } from '../../guard/put-guard.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { rawSql } from '../../kernel/sql.ts';
import type { AppendedEvent } from '../../ledger/events.ts';
import { type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import { statusAfter } from '../../ledger/transitions.ts';
import type { Guard } from '../../planner/guard.ts';
import { attemptAgain } from '../attempts.ts';
import { runLock, transactionSettings } from '../engine.ts';
import type { EventContext } from '../events.ts';
import { guardEvent } from './guard-transaction.ts';
import { guardsOf } from './guards-of.ts';

export interface DroppedGuard {
  readonly guard: Guard;
  readonly event: AppendedEvent;
}

/**
 * Removes the guards of a migration for good, and says why: `up` leaves them off, `guard add` brings them
 * back. One that was only pending is given up.
 * @throws HygieneError HYG_GUARD_NOT_FOUND, HYG_REFUSED_GUARD_STATE, HYG_REFUSED_PRIVILEGES
 */
export async function dropGuards(
  context: EventContext,
  id: string,
  reason: string,
): Promise<readonly DroppedGuard[]> {
  const { engine } = context;
  return attemptAgain(engine, id, async () => {
    const { connection } = engine.session;
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const record = assertDroppable(id, readHistory(await ledger.history()).get(id));
    const dropped: DroppedGuard[] = [];
    for (const guard of await takeGuardsAway(connection, engine.names, record)) {
      const subject = { record, guard, facts: { note: reason } };
      const gone = guardEvent(context, 'guard_dropped', subject);
      dropped.push({ guard, event: await ledger.advance(record.status, gone) });
    }
    await connection.query(rawSql('commit'));
    return dropped;
  });
}

/**
 * Drops every guard of the current application that was not dropped before, in the caller's transaction.
 * @returns those that the ledger has to hear of
 * @throws HygieneError HYG_REFUSED_PRIVILEGES, with the statements for the owner
 */
export async function takeGuardsAway(
  connection: Connection,
  names: LedgerNames,
  record: MigrationRecord,
): Promise<readonly Guard[]> {
  const guards = await guardsOf(connection, names, record);
  const there = guards.filter(({ name }) => record.guards.get(name) !== 'dropped');
  for (const guard of there) {
    try {
      await dropGuard(connection, guard);
    } catch (error) {
      throw hasSqlstate(error, sqlstate.insufficientPrivilege) ? notOwner(guard, error) : error;
    }
  }
  return there;
}

function assertDroppable(id: string, record: MigrationRecord | undefined): MigrationRecord {
  if (record === undefined || record.guards.size === 0) throw noGuard(id);
  const isOff = [...record.guards.values()].every((status) => status === 'dropped');
  if (!isOff && statusAfter(record.status, 'guard_dropped') !== null) return record;
  throw new HygieneError('HYG_REFUSED_GUARD_STATE', {
    message: `${id} is ${record.status}, and its seed guard is off already.`,
    hint: 'hygiene guard list   shows where each stands.',
    details: { id, status: record.status },
  });
}

export function noGuard(id: string): HygieneError {
  return new HygieneError('HYG_GUARD_NOT_FOUND', {
    message: `${id} has no seed guard: it asks for none, or was not applied here.`,
    hint: 'hygiene guard list   shows those that there are.',
    details: { id },
  });
}

function notOwner(guard: Guard, cause: unknown): HygieneError {
  const table = guard.table.toString();
  return new HygieneError('HYG_REFUSED_PRIVILEGES', {
    message: `This role does not own ${table}, so it cannot drop its seed guard ${guard.name}.`,
    hint: [
      'Its owner may, and what is gone is recorded when this runs again:',
      ...dropStatements(guard).map((each) => `${each};`),
    ].join('\n'),
    details: { table, guard: guard.name },
    cause,
  });
}
