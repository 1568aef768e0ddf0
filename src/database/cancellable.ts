import { HygieneError } from '../kernel/errors.ts';
import type { Connection, QueryResult } from './connection.ts';

/**
 * A view of a connection that stops when the signal aborts: the running statement is cancelled on the
 * server, and no further one is sent. The connection itself stays usable, to roll back and to record.
 */
export class CancellableConnection implements Connection {
  readonly kind: Connection['kind'];
  readonly #inner: Connection;
  readonly #signal: AbortSignal;

  constructor(inner: Connection, signal: AbortSignal) {
    this.kind = inner.kind;
    this.#inner = inner;
    this.#signal = signal;
  }

  query<R extends object>(statement: Parameters<Connection['query']>[0]): Promise<QueryResult<R>> {
    return this.#stoppable(() => this.#inner.query<R>(statement));
  }

  script(text: string): Promise<readonly QueryResult<Record<string, unknown>>[]> {
    return this.#stoppable(() => this.#inner.script(text));
  }

  transactionStatus(): ReturnType<Connection['transactionStatus']> {
    return this.#inner.transactionStatus();
  }

  cancelRunning(): Promise<void> {
    return this.#inner.cancelRunning();
  }

  isLost(): boolean {
    return this.#inner.isLost();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #stoppable<T>(send: () => Promise<T>): Promise<T> {
    this.#throwIfAborted();
    let cancelling: Promise<void> = Promise.resolve();
    const cancel = (): void => {
      cancelling = this.#inner.cancelRunning();
    };
    this.#signal.addEventListener('abort', cancel, { once: true });
    try {
      return await send();
    } catch (error) {
      this.#throwIfAborted();
      throw error;
    } finally {
      this.#signal.removeEventListener('abort', cancel);
      // A request still under way would hit the next statement: the rollback, or the record of it.
      await cancelling;
    }
  }

  #throwIfAborted(): void {
    if (this.#signal.aborted) throw cancelledError(this.#signal);
  }
}

/** The reason of an abort is the error to end with, such as the signal that asked for it. */
export function cancelledError(signal: AbortSignal): HygieneError {
  const reason: unknown = signal.reason;
  if (reason instanceof HygieneError) return reason;
  return new HygieneError('HYG_RUN_CANCELLED', {
    message: 'The run was cancelled.',
    cause: reason,
  });
}
