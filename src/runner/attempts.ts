import { cancelledError } from '../database/cancellable.ts';
import { isConnectionError, isRetryable } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import type { Engine } from './engine.ts';
import { asRunError } from './failures.ts';

const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 200;

/**
 * Does work in a transaction that it begins itself, and again where other sessions were in the way. After
 * any failure the transaction is rolled back.
 * @throws HygieneError
 */
export async function attemptAgain<T>(
  engine: Engine,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, random, signal, session } = engine;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (session.connection.isLost() || isConnectionError(error)) throw asRunError(error, id);
      await session.connection.query(rawSql('rollback'));
      if (signal.aborted) throw cancelledError(signal);
      if (attempt >= ATTEMPTS_MAX || !isRetryable(causeOf(error))) throw asRunError(error, id);
      await clock.sleep(RETRY_DELAY_MS * attempt * (0.5 + random.next()), signal);
    }
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof HygieneError && error.code === 'HYG_LOCK_BUSY' ? error.cause : error;
}
