import type { ProgressReport } from '../kernel/progress.ts';
import { progressBar, progressEvent, progressLine, type ProgressView } from '../report/progress.ts';
import { PaceMeter } from '../report/progress-rate.ts';
import type { Style } from '../report/style.ts';

/** Draws one line on a terminal, again and again, and takes it away. */
export interface LineOnScreen {
  draw(line: string): void;
  clear(): void;
}

/** `bar`: a line that is redrawn; `text` and `json`: a line now and then. */
export type ProgressForm = 'bar' | 'text' | 'json';

export interface DisplayPorts {
  readonly now: () => Date;
  readonly monotonicMs: () => number;
  /** Calls again and again, without keeping the program alive. @returns what ends it */
  readonly every: (ms: number, call: () => void) => () => void;
  /** Whole lines, where logs go. */
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly openLine: () => Promise<LineOnScreen>;
}

const REDRAW_MS = 100;
/** What is over sooner needs no bar. */
const BAR_AFTER_MS = 500;
const LINE_MS = 5_000;
/** The moving sign before the bar, and a last column that stays free: some terminals wrap there. */
const BAR_MARGIN = 3;

/**
 * Shows what it was told last, at a pace of its own: one long statement brings no news, and must still be
 * seen to live.
 */
export class ProgressDisplay {
  readonly #form: ProgressForm;
  readonly #style: Style;
  readonly #ports: DisplayPorts;
  readonly #beganAt: number;
  readonly #stopTimer: () => void;
  #meter = new PaceMeter();
  #current: { readonly report: ProgressReport; readonly since: number } | null = null;
  #opening = false;
  #line: LineOnScreen | null = null;
  #ended = false;

  constructor(form: ProgressForm, style: Style, ports: DisplayPorts) {
    this.#form = form;
    this.#style = style;
    this.#ports = ports;
    this.#beganAt = ports.monotonicMs();
    this.#stopTimer = ports.every(form === 'bar' ? REDRAW_MS : LINE_MS, () => {
      this.#tick();
    });
  }

  report(report: ProgressReport): void {
    const at = this.#ports.monotonicMs();
    const before = this.#current;
    const isSame = before?.report.migrationId === report.migrationId;
    if (!isSame) this.#meter = new PaceMeter();
    this.#current = { report, since: isSame ? before.since : at };
    this.#meter.observe(at, report);
  }

  /** Writes something else, with nothing of ours before it on its line. */
  around(write: () => void): void {
    this.#line?.clear();
    write();
  }

  /** Takes away what is shown; nothing is shown any more. */
  end(): void {
    this.#ended = true;
    this.#stopTimer();
    this.#line?.clear();
    this.#line = null;
  }

  #tick(): void {
    if (this.#current === null) return;
    const at = this.#ports.monotonicMs();
    const { report, since } = this.#current;
    const view = { report, pace: this.#meter.pace(at, report), elapsedMs: at - since };
    if (this.#form === 'bar') this.#draw(view, at);
    else if (this.#form === 'text') this.#ports.write(`${progressLine(view)}\n`);
    else this.#ports.write(`${progressEvent(view, this.#ports.now())}\n`);
  }

  #draw(view: ProgressView, at: number): void {
    if (this.#line !== null) {
      this.#line.draw(progressBar(view, this.#ports.columns() - BAR_MARGIN, this.#style));
    } else if (!this.#opening && at - this.#beganAt >= BAR_AFTER_MS) {
      this.#opening = true;
      void this.#open();
    }
  }

  /** Without the library there is no bar, and the run goes on. */
  async #open(): Promise<void> {
    const line = await this.#ports.openLine().catch(() => null);
    if (!this.#ended) this.#line = line;
  }
}
