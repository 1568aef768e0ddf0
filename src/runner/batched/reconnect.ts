import { isConnectionError } from '../../database/sqlstate.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { Engine } from '../engine.ts';

const GIVE_UP_MS = 60_000;
const FIRST_DELAY_MS = 100;
const DELAY_MAX_MS = 5_000;

/**
 * A new connection, tried for up to a minute: a server that is restarted is back by then.
 * @throws HygieneError HYG_DB_CONNECTION_LOST, or the signal's reason
 */
export async function reconnect(engine: Engine, lost: unknown): Promise<void> {
  const { session, clock, random, signal, logger } = engine;
  const giveUpAt = clock.monotonicMs() + GIVE_UP_MS;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(DELAY_MAX_MS, delay * 2)) {
    try {
      await session.reconnect();
      return;
    } catch (error) {
      if (clock.monotonicMs() >= giveUpAt || !mayComeBack(error)) throw gaveUp(lost, error);
      logger.warn({ reason: messageOf(error) }, 'the database cannot be reached; trying again');
      await clock.sleep(delay * (0.5 + random.next()), signal);
    }
  }
}

/** A server that starts or stops refuses logins too; a wrong password will not get better. */
function mayComeBack(error: unknown): boolean {
  if (!(error instanceof HygieneError)) return isConnectionError(error);
  if (error.code === 'HYG_DB_UNREACHABLE') return true;
  const state = error.details['sqlstate'];
  return typeof state === 'string' && /^(?:57P|53|08)/.test(state);
}

function gaveUp(lost: unknown, last: unknown): HygieneError {
  return new HygieneError('HYG_DB_CONNECTION_LOST', {
    message: `The connection was lost and could not be made again: ${messageOf(last)}`,
    hint: 'Committed batches stay done. hygiene up   goes on from there when the database is back.',
    cause: new AggregateError([lost, last]),
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
