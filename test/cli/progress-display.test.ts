import { describe, expect, test } from '@jest/globals';

import {
  type LineOnScreen,
  ProgressDisplay,
  type ProgressForm,
} from '../../src/cli/progress-display.ts';
import { openScreenLine } from '../../src/cli/screen-line.ts';
import type { ProgressReport } from '../../src/kernel/progress.ts';
import { plainStyle } from '../../src/report/style.ts';

const first: ProgressReport = {
  migrationId: '20260101000000_purge',
  phase: 'removing',
  table: 'users',
  rowsDone: 0,
  rowsTotal: 300,
  waitingFor: null,
};

/** A display whose time passes when the test says so. */
class Stage {
  readonly written: string[] = [];
  readonly display: ProgressDisplay;
  opened = 0;
  #ms = 0;
  #timer: { readonly every: number; readonly call: () => void; due: number } | null = null;

  constructor(form: ProgressForm, openLine?: () => Promise<LineOnScreen>) {
    this.display = new ProgressDisplay(form, plainStyle, {
      now: () => new Date(Date.UTC(2026, 0, 12) + this.#ms),
      monotonicMs: () => this.#ms,
      every: (every, call) => {
        this.#timer = { every, call, due: this.#ms + every };
        return () => {
          this.#timer = null;
        };
      },
      write: (text) => void this.written.push(text),
      columns: () => 60,
      openLine: openLine ?? (() => Promise.resolve(this.line())),
    });
  }

  line(): LineOnScreen {
    this.opened += 1;
    return {
      draw: (line) => void this.written.push(`[${line}]`),
      clear: () => void this.written.push('[]'),
    };
  }

  /** Lets time pass, and what is promised come. */
  async pass(ms: number): Promise<void> {
    const end = this.#ms + ms;
    for (let timer = this.#timer; timer !== null && timer.due <= end; timer = this.#timer) {
      this.#ms = timer.due;
      timer.due += timer.every;
      timer.call();
      await Promise.resolve();
      await Promise.resolve();
    }
    this.#ms = end;
  }

  get isTicking(): boolean {
    return this.#timer !== null;
  }

  taken(): readonly string[] {
    return this.written.splice(0);
  }
}

describe('lines', () => {
  test('come each 5 s, also while a statement brings no news', async () => {
    const stage = new Stage('text');
    stage.display.report(first);
    await stage.pass(4_999);
    expect(stage.taken()).toEqual([]);
    await stage.pass(10_001);
    expect(stage.taken()).toEqual([
      '20260101000000_purge  5.0 s: removing users, 0 %, 0 of 300 rows\n',
      '20260101000000_purge  10 s: removing users, 0 %, 0 of 300 rows\n',
      '20260101000000_purge  15 s: removing users, 0 %, 0 of 300 rows\n',
    ]);
  });

  test('have the latest news, however many there were', async () => {
    const stage = new Stage('text');
    for (let rowsDone = 0; rowsDone <= 300; rowsDone += 1) {
      stage.display.report({ ...first, rowsDone });
    }
    await stage.pass(5_000);
    expect(stage.taken()).toEqual([
      '20260101000000_purge  5.0 s: removing users, 100 %, 300 of 300 rows\n',
    ]);
  });

  test('count the time of each migration by itself', async () => {
    const stage = new Stage('text');
    stage.display.report(first);
    await stage.pass(6_000);
    stage.display.report({ ...first, migrationId: '20260102000000_next' });
    stage.taken();
    await stage.pass(4_000);
    expect(stage.taken().join('')).toMatch(/^20260102000000_next {2}4\.0 s: /);
  });

  test('are JSON where that is wanted', async () => {
    const stage = new Stage('json');
    stage.display.report({ ...first, waitingFor: 'replica lag 2 s' });
    await stage.pass(5_000);
    const [line = ''] = stage.taken();
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      event: 'progress',
      at: '2026-01-12T00:00:05.000Z',
      elapsedSeconds: 5,
      waitingFor: 'replica lag 2 s',
    });
  });

  test('end when the command does', async () => {
    const stage = new Stage('text');
    stage.display.report(first);
    stage.display.end();
    expect(stage.isTicking).toBe(false);
    await stage.pass(60_000);
    expect(stage.taken()).toEqual([]);
  });
});

describe('a bar', () => {
  test('is not even loaded for what is over within half a second', async () => {
    const stage = new Stage('bar');
    stage.display.report(first);
    await stage.pass(499);
    stage.display.end();
    await stage.pass(5_000);
    expect([stage.opened, stage.taken()]).toEqual([0, []]);
  });

  test('is loaded once and drawn at most ten times a second', async () => {
    const stage = new Stage('bar');
    stage.display.report(first);
    await stage.pass(600);
    stage.taken();
    for (let rowsDone = 0; rowsDone < 200; rowsDone += 1) {
      stage.display.report({ ...first, rowsDone });
    }
    await stage.pass(1_000);
    const drawn = stage.taken();
    expect(stage.opened).toBe(1);
    expect(drawn).toHaveLength(10);
    expect(drawn[0]).toContain('66 %');
  });

  test('is taken away while something else is written, and at the end', async () => {
    const stage = new Stage('bar');
    stage.display.report(first);
    await stage.pass(700);
    stage.taken();
    stage.display.around(() => void stage.written.push('a result\n'));
    expect(stage.taken()).toEqual(['[]', 'a result\n']);
    await stage.pass(100);
    expect(stage.taken()).toHaveLength(1);
    stage.display.end();
    expect(stage.taken()).toEqual(['[]']);
  });

  test('that is loaded only after the end is never drawn', async () => {
    let open: (line: LineOnScreen) => void = () => undefined;
    const stage: Stage = new Stage('bar', () => new Promise((resolve) => (open = resolve)));
    stage.display.report(first);
    await stage.pass(700);
    stage.display.end();
    open(stage.line());
    await stage.pass(5_000);
    expect(stage.taken()).toEqual([]);
  });

  test('that cannot be loaded is done without', async () => {
    const stage = new Stage('bar', () => Promise.reject(new Error('no such package')));
    stage.display.report(first);
    await stage.pass(5_000);
    stage.display.end();
    expect(stage.taken()).toEqual([]);
  });
});

describe('on the screen', () => {
  const escape = '\u001B';

  test('a line replaces the one before, and the cursor is never hidden', () => {
    const written: string[] = [];
    const line = openScreenLine({ write: (text) => void written.push(text), columns: () => 40 });
    line.draw('43 %  removing users');
    expect(written.join('')).toContain(' 43 %  removing users');
    written.length = 0;
    line.draw('44 %  removing users');
    const drawn = written.join('');
    expect(drawn.indexOf(`${escape}[0K`)).toBeLessThan(drawn.indexOf('44 %'));
    written.length = 0;
    line.clear();
    expect(written.join('')).toBe(`${escape}[1G${escape}[0K`);
    expect(drawn).not.toContain(`${escape}[?25l`);
    expect(drawn).not.toContain('\n');
  });

  test('drawing listens to no signal, so that the first one still ends a run cleanly', () => {
    const signals = ['SIGINT', 'SIGTERM', 'exit'] as const;
    const listeners = (): number[] => signals.map((name) => process.listenerCount(name));
    const before = listeners();
    const line = openScreenLine({ write: () => undefined, columns: () => 40 });
    line.draw('one');
    expect(listeners()).toEqual(before);
    line.clear();
  });
});
