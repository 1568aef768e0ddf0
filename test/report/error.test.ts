import { describe, expect, test } from '@jest/globals';

import { type ErrorCode, errorCatalogue, HygieneError } from '../../src/kernel/errors.ts';
import { contactLines, errorLines } from '../../src/report/error.ts';

const words = (count: number): string =>
  Array.from({ length: count }, (_, at) => `word${at}`).join(' ');

describe('the text of an error', () => {
  test.each(Object.keys(errorCatalogue) as ErrorCode[])(
    '%s fits into 12 lines of 100 columns, however much there is to say',
    (code) => {
      for (const [message, hint] of [
        [errorCatalogue[code].title, 'Do this next.'],
        [words(400), words(400)],
        [Array.from({ length: 40 }, (_, at) => `  line ${at}`).join('\n'), words(300)],
        ['x'.repeat(3000), 'y'.repeat(3000)],
      ] as const) {
        const lines = errorLines(new HygieneError(code, { message, hint }));
        expect(lines.length).toBeLessThanOrEqual(12);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
        expect(lines[0]).toMatch(new RegExp(`^error ${code}:`));
      }
    },
  );

  test('begins with the code, goes on with what happened, and ends with what to do', () => {
    const error = new HygieneError('HYG_LOCK_HELD', {
      message: 'Run 7 holds the lock.',
      hint: 'Wait,\nor ask who runs it.',
    });
    expect(errorLines(error)).toEqual([
      'error HYG_LOCK_HELD: Run 7 holds the lock.',
      'Wait,',
      'or ask who runs it.',
    ]);
  });

  test('an error without a hint has no empty line for it', () => {
    expect(errorLines(new HygieneError('HYG_INTERNAL', { message: 'Odd.' }))).toEqual([
      'error HYG_INTERNAL: Odd.',
    ]);
  });

  test('says how much was left out, and where it is', () => {
    const message = Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n');
    const lines = errorLines(
      new HygieneError('HYG_LOAD_INVALID', { message, hint: 'Correct it.' }),
    );
    expect(lines.at(-2)).toBe('  … 20 more lines: --json shows all of it');
    expect(lines.at(-1)).toBe('Correct it.');
  });
});

test('contacts are one line each', () => {
  expect(
    contactLines([
      { name: 'Ada', how: '#database' },
      { name: 'Bo', how: '+1 555 0100' },
    ]),
  ).toEqual(['Ask Ada: #database', 'Ask Bo: +1 555 0100']);
});
