/**
 * Work of an author's function on the one connection: one piece after the other, also when several
 * are begun at once; and none is lost when the author forgot to await it or swallowed its error.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #failures: unknown[] = [];
  #isClosed = false;

  /** After a failure nothing more is begun; what comes after the end waits for ever and does nothing. */
  add<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return new Promise(() => undefined);
    const result = this.#tail.then(() => {
      if (this.#failures.length > 0) throw this.#failures[0];
      return work();
    });
    this.#tail = result.catch((error: unknown) => {
      this.#failures.push(error);
    });
    return result;
  }

  /** Ends it: resolves when nothing of it is at work on the connection any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#tail;
  }

  /** @throws what the first piece of work threw, whoever else has caught it */
  async drained(): Promise<void> {
    await this.close();
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
