import type { ProgressPhase, ProgressReport } from '../kernel/progress.ts';

/** How fast it goes and how long it still takes; null where nobody can know. */
export interface Pace {
  /** Of all rows; more than 1 when more was found to do than was known. */
  readonly share: number | null;
  readonly rowsPerSecond: number | null;
  readonly remainingMs: number | null;
}

/** What happened this long ago counts a third of what happens now. */
const MEMORY_MS = 20_000;

interface Observed {
  readonly at: number;
  readonly rowsDone: number;
  readonly phase: ProgressPhase;
}

/**
 * Measures the pace of one migration. The rate is an average over all time that was measured, in which
 * recent time weighs more. Times are milliseconds of one monotonic clock.
 */
export class PaceMeter {
  #last: Observed | null = null;
  #rows = 0;
  #milliseconds = 0;

  observe(at: number, { rowsDone, phase }: Pick<ProgressReport, 'rowsDone' | 'phase'>): void {
    const last = this.#last;
    this.#last = { at, rowsDone, phase };
    if (last === null || this.#beginsAnew(last, this.#last)) {
      this.#rows = 0;
      this.#milliseconds = 0;
      return;
    }
    const elapsed = Math.max(0, at - last.at);
    const kept = Math.exp(-elapsed / MEMORY_MS);
    const weight = elapsed === 0 ? 1 : (MEMORY_MS * (1 - kept)) / elapsed;
    this.#rows = this.#rows * kept + (rowsDone - last.rowsDone) * weight;
    this.#milliseconds = this.#milliseconds * kept + elapsed * weight;
  }

  /** A transaction that is run again starts at nothing; selecting says nothing about the pace of removing. */
  #beginsAnew(last: Observed, next: Observed): boolean {
    return next.rowsDone < last.rowsDone || (this.#rows === 0 && next.phase !== last.phase);
  }

  pace(at: number, { rowsDone, rowsTotal }: Pick<ProgressReport, 'rowsDone' | 'rowsTotal'>): Pace {
    const perMs = this.#rows > 0 && this.#milliseconds > 0 ? this.#rows / this.#milliseconds : null;
    return {
      share: rowsTotal === null || rowsTotal === 0 ? null : rowsDone / rowsTotal,
      rowsPerSecond: perMs === null ? null : perMs * 1000,
      remainingMs:
        perMs === null || rowsTotal === null
          ? null
          : this.#remaining(at, rowsTotal - rowsDone, perMs),
    };
  }

  /** Counts down between two observations; null once that time is over, or when nothing is left to do. */
  #remaining(at: number, rows: number, perMs: number): number | null {
    const remaining = rows / perMs - (at - (this.#last?.at ?? at));
    return remaining > 0 ? remaining : null;
  }
}
