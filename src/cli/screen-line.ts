import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';

import ora from 'ora';

import type { LineOnScreen } from './progress-display.ts';

interface Screen {
  readonly write: (text: string) => void;
  readonly columns: () => number;
}

/**
 * A line that ora draws. It is never started, only asked to draw: its own timer, and its hooks on the
 * process's streams, are not needed. The cursor stays visible: to bring it back, ora would listen to
 * signals, and then the first SIGTERM ends the process before the run is rolled back and recorded.
 */
export function openScreenLine(screen: Screen): LineOnScreen {
  const spinner = ora({
    stream: terminal(screen),
    isEnabled: true,
    hideCursor: false,
    discardStdin: false,
    color: false,
    spinner: { interval: 100, frames: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] },
  });
  let isDrawn = false;
  return {
    draw: (line) => {
      spinner.text = line;
      spinner.render();
      isDrawn = true;
    },
    clear: () => {
      if (isDrawn) spinner.clear();
      isDrawn = false;
    },
  };
}

/** The part of a terminal's stream that ora uses. */
function terminal({ write, columns }: Screen): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      write(text);
      done();
    },
  });
  const terminal = Object.assign(stream, {
    isTTY: true,
    cursorTo: (column: number) => cursorTo(stream, column),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
    moveCursor: (right: number, down: number) => moveCursor(stream, right, down),
  });
  return Object.defineProperty(terminal, 'columns', { get: columns });
}
