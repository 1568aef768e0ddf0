import type { Clock } from '../kernel/ports.ts';

/**
 * A reading that many ask for at once: it is made once for all of them, and again when it is older
 * than this. A reading that fails is not kept.
 */
export class Remembered<T> {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #read: () => Promise<T>;
  #underWay: Promise<T> | null = null;
  #last: { readonly value: T; readonly at: number } | null = null;

  constructor(clock: Clock, maxAgeMs: number, read: () => Promise<T>) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
    this.#read = read;
  }

  /** One that is young enough, or a new one. */
  get(): Promise<T> {
    const { value, isFresh } = this.#known();
    return isFresh && value !== null ? Promise.resolve(value) : this.refresh();
  }

  /** The last one however old it is, while a new one is made if it is too old; null: there was none yet. */
  glance(): T | null {
    const { value, isFresh } = this.#known();
    if (!isFresh) this.refresh().catch(() => undefined);
    return value;
  }

  refresh(): Promise<T> {
    this.#underWay ??= this.#read()
      .then((value) => {
        this.#last = { value, at: this.#clock.monotonicMs() };
        return value;
      })
      .finally(() => {
        this.#underWay = null;
      });
    return this.#underWay;
  }

  #known(): { readonly value: T | null; readonly isFresh: boolean } {
    if (this.#last === null) return { value: null, isFresh: false };
    const { value, at } = this.#last;
    return { value, isFresh: this.#clock.monotonicMs() - at <= this.#maxAgeMs };
  }
}
