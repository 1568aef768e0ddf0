import type { Readers } from '../app/readers.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { isAlive, progressIfAny } from '../ledger/progress.ts';
import type { Progress } from '../ledger/progress-rows.ts';
import { PaceMeter } from '../report/progress-rate.ts';

/** How far one migration in batches is, for people who watch. */
export interface WatchedProgress {
  readonly migrationId: string;
  readonly rowsDone: number;
  /** Null while its rows are being listed. */
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly remainingMs: number | null;
  readonly waitingFor: string | null;
  readonly request: 'pause' | 'cancel' | null;
  readonly isAlive: boolean;
}

export type FeedState =
  | { readonly kind: 'progress'; readonly migrations: readonly WatchedProgress[] }
  | { readonly kind: 'error'; readonly message: string };

type Listener = (state: FeedState) => void;

const EVERY_MS = 1_000;

/** Reads progress once a second for all who watch, and not at all when nobody does. */
export class ProgressFeed {
  readonly #clock: Clock;
  readonly #readers: Readers;
  readonly #listeners = new Set<Listener>();
  readonly #meters = new Map<string, PaceMeter>();
  #isReading = false;
  /** Ends the pause between two readings: a timer that nobody waits for would keep the process. */
  #pause = new AbortController();

  constructor(clock: Clock, readers: Readers) {
    this.#clock = clock;
    this.#readers = readers;
  }

  /** Listens until the signal aborts. */
  watch(listener: Listener, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#leave(listener), { once: true });
    if (!this.#isReading) void this.#readOn();
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#pause.abort();
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    while (this.#listeners.size > 0) {
      this.#pause = new AbortController();
      const state = await this.read();
      for (const listener of this.#listeners) listener(state);
      await this.#clock.sleep(EVERY_MS, this.#pause.signal).catch(() => undefined);
    }
    this.#isReading = false;
  }

  /** How it stands now. */
  async read(): Promise<FeedState> {
    try {
      const all = await this.#readers.read(({ engine }) =>
        progressIfAny(engine.session.connection, engine.names),
      );
      return { kind: 'progress', migrations: all.map((each) => this.#watched(each)) };
    } catch (error) {
      const isOurs = error instanceof HygieneError;
      return { kind: 'error', message: isOurs ? error.message : 'The progress cannot be read.' };
    }
  }

  #watched(progress: Progress): WatchedProgress {
    const { migrationId, rowsDone, rowsTotal, waitingFor, request } = progress;
    const meter = this.#meters.get(migrationId) ?? new PaceMeter();
    this.#meters.set(migrationId, meter);
    const at = this.#clock.monotonicMs();
    meter.observe(at, { rowsDone, phase: 'removing' });
    const { rowsPerSecond, remainingMs } = meter.pace(at, { rowsDone, rowsTotal });
    const alive = isAlive(progress);
    return {
      ...{ migrationId, rowsDone, rowsTotal, waitingFor, request },
      rowsPerSecond: alive ? rowsPerSecond : null,
      remainingMs: alive ? remainingMs : null,
      isAlive: alive,
    };
  }
}
