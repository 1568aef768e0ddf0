import { beginLocked } from '../../database/run-lock.ts';
import { applySettings } from '../../database/settings.ts';
import { rawSql } from '../../kernel/sql.ts';
import { readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import type { EventName } from '../../ledger/events.ts';
import { type Engine, runLock, transactionSettings } from '../engine.ts';
import { contextFrom, type EventContext, eventError } from '../events.ts';
import { guardEvent } from './guard-transaction.ts';
import { type InspectedGuard, inspectGuards, lookAtGuards } from './inspect-guards.ts';

type GuardEventName = Extract<EventName, `guard_${string}`>;

/**
 * Looks at every guard, and records what the ledger does not know: one that somebody removed, altered or
 * disabled (`guard_missing`), and one that somebody has added by hand or brought back.
 */
export async function checkGuards(
  engine: Engine,
  snapshot: LedgerSnapshot,
): Promise<readonly InspectedGuard[]> {
  const guards = await inspectGuards(engine, snapshot.events);
  if (!guards.some((guard) => news(guard).length > 0)) return guards;
  try {
    return await recordNews(await contextFrom(engine, snapshot));
  } catch (error) {
    const { session, logger } = engine;
    if (session.connection.isLost()) throw error;
    await session.connection.query(rawSql('rollback'));
    logger.warn({ reason: eventError(error) }, 'what was found about seed guards was not recorded');
    return guards;
  }
}

/** What the ledger should hear. A trigger that was added by hand proves nothing about older rows. */
function news({ state, recorded, isBroken, guard }: InspectedGuard): readonly GuardEventName[] {
  if (isBroken) return recorded === 'missing' ? [] : ['guard_missing'];
  const added: readonly GuardEventName[] =
    recorded === 'pending' || recorded === 'missing' ? ['guard_added'] : [];
  if (state === 'not validated') return added;
  if (state !== 'present' || recorded === 'validated') return [];
  return guard.form === 'check' ? [...added, 'guard_validated'] : added;
}

/** Once more under the run lock: a run may have added it meanwhile. */
async function recordNews(context: EventContext): Promise<readonly InspectedGuard[]> {
  const { engine } = context;
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  const ledger = new Ledger(connection, engine.names);
  const records = readHistory(await ledger.history());
  const guards = await lookAtGuards(connection, engine.names, records);
  for (const each of guards) {
    const record = records.get(each.migrationId);
    if (record === undefined) continue;
    const facts = each.isBroken ? { found: each.state } : {};
    const subject = { record, guard: each.guard, facts };
    for (const event of news(each)) {
      await ledger.advance(record.status, guardEvent(context, event, subject));
    }
  }
  await connection.query(rawSql('commit'));
  return guards;
}
