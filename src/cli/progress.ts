import type { Clock } from '../kernel/ports.ts';
import type { ProgressReport } from '../kernel/progress.ts';
import type { Style } from '../report/style.ts';
import type { Io } from './io.ts';
import type { ProgressDisplay, ProgressForm } from './progress-display.ts';

interface ProgressOptions {
  readonly io: Io;
  readonly json: boolean;
  readonly style: Style;
  readonly clock: Clock;
}

/** What a terminal has that does not say. */
const COLUMNS_UNKNOWN = 80;

/**
 * Shows on stderr how far a command is. What shows it is loaded with the first report: most runs have
 * nothing to do, and make none.
 */
export class Progress {
  /** The outside, where what is printed and what is drawn do not mix. */
  readonly io: Io;
  readonly #options: ProgressOptions;
  #latest: ProgressReport | null = null;
  #display: ProgressDisplay | null = null;
  #ended = false;

  constructor(options: ProgressOptions) {
    const { io } = options;
    this.#options = options;
    this.io = {
      ...io,
      stdout: (text) => {
        this.#around(() => {
          io.stdout(text);
        });
      },
      stderr: (text) => {
        this.#around(() => {
          io.stderr(text);
        });
      },
    };
  }

  report(report: ProgressReport): void {
    if (this.#display !== null) this.#display.report(report);
    else if (this.#latest === null) void this.#open();
    this.#latest = report;
  }

  end(): void {
    this.#ended = true;
    this.#display?.end();
  }

  async #open(): Promise<void> {
    const { ProgressDisplay } = await import('./progress-display.ts');
    if (this.#ended) return;
    const { io, style, clock } = this.#options;
    // A pseudo terminal without a size says 0, and ora would go on for ever.
    const columns = (): number => Math.max(io.stderrColumns(), 0) || COLUMNS_UNKNOWN;
    const write = (text: string): void => {
      io.stderr(text);
    };
    this.#display = new ProgressDisplay(this.#form(), style, {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      every,
      write,
      columns,
      openLine: async () => {
        const { openScreenLine } = await import('./screen-line.ts');
        return openScreenLine({ write, columns });
      },
    });
    if (this.#latest !== null) this.#display.report(this.#latest);
  }

  #form(): ProgressForm {
    const { io, json } = this.#options;
    if (json) return 'json';
    const { TERM, CI } = io.variables;
    return io.stderrIsTty && TERM !== 'dumb' && (CI ?? '') === '' ? 'bar' : 'text';
  }

  #around(write: () => void): void {
    if (this.#display === null) write();
    else this.#display.around(write);
  }
}

function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms).unref();
  return () => {
    clearInterval(timer);
  };
}
