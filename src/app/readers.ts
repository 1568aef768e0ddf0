import { Pool } from 'tarn';

import { inReadOnly } from '../database/reading.ts';
import { HygieneError } from '../kernel/errors.ts';
import { transactionSettings } from '../runner/engine.ts';
import { asCommandError } from '../runner/failures.ts';
import { type ConnectOptions, openEngine, type OpenedEngine, type World } from './compose.ts';

export interface ReaderOptions {
  /** Connections at most; the embedded database has one. */
  readonly size: number;
  /** How long a reading may wait for one of them, in milliseconds. */
  readonly waitMs: number;
}

/**
 * A few connections for many readers who come and go, as those of a dashboard do. Each is opened when
 * it is needed and given back to the database when nobody reads any more.
 */
export class Readers {
  readonly #pool: Pool<OpenedEngine>;

  constructor(world: World, connect: ConnectOptions, { size, waitMs }: ReaderOptions) {
    this.#pool = new Pool<OpenedEngine>({
      create: () => openEngine(world, connect, 'read'),
      destroy: (opened) => opened.close(),
      validate: ({ engine }) => !engine.session.connection.isLost(),
      min: 0,
      max: size,
      acquireTimeoutMillis: waitMs,
      createTimeoutMillis: waitMs,
      propagateCreateError: true,
    });
  }

  /**
   * Does something in a transaction that can change nothing.
   * @throws HygieneError
   */
  read<T>(work: (opened: OpenedEngine) => Promise<T>): Promise<T> {
    return this.use((opened) => {
      const { engine } = opened;
      const { connection } = engine.session;
      return inReadOnly(connection, transactionSettings(engine), () => work(opened));
    });
  }

  /** For work that makes a transaction of its own, as a scan or a plan does. */
  async use<T>(work: (opened: OpenedEngine) => Promise<T>): Promise<T> {
    const opened = await this.#acquire();
    try {
      return await work(opened);
    } catch (error) {
      throw asCommandError(error);
    } finally {
      this.#pool.release(opened);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #acquire(): Promise<OpenedEngine> {
    try {
      return await this.#pool.acquire().promise;
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') throw busy(error);
      throw asCommandError(error);
    }
  }
}

function busy(cause: unknown): HygieneError {
  return new HygieneError('HYG_DB_BUSY', {
    message: 'The database is asked more than it answers just now.',
    hint: 'Load the page again in a moment.',
    cause,
  });
}
