/**
 * Work of an author's function on the one connection: one piece after the other, also when several
 * are begun at once; and none is lost when the author forgot to await it or swallowed its error.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #failures: unknown[] = [];

  add<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch((error: unknown) => {
      this.#failures.push(error);
    });
    return result;
  }

  /** @throws what the first piece of work threw, whoever else has caught it */
  async drained(): Promise<void> {
    await this.#tail;
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
