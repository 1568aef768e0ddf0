import { describe, expect, test } from '@jest/globals';

import type { ProgressReport } from '../../src/kernel/progress.ts';
import {
  progressBar,
  progressEvent,
  progressLine,
  type ProgressView,
} from '../../src/report/progress.ts';
import { plainStyle } from '../../src/report/style.ts';

function view(
  report: Partial<ProgressReport> = {},
  pace: Partial<ProgressView['pace']> = {},
): ProgressView {
  return {
    report: {
      migrationId: '20260101000000_purge',
      phase: 'removing',
      table: 'live_sessions',
      rowsDone: 430_000,
      rowsTotal: 1_000_000,
      waitingFor: null,
      ...report,
    },
    pace: { share: 0.439, rowsPerSecond: 12_345.6, remainingMs: 46_100, ...pace },
    elapsedMs: 35_000,
  };
}

const unknown = { share: null, rowsPerSecond: null, remainingMs: null };

describe('a line of a log', () => {
  test('has all that is known', () => {
    expect(progressLine(view())).toBe(
      '20260101000000_purge  35 s: removing live_sessions, 43 %, 430,000 of 1,000,000 rows, 12,346 rows/s, 46 s left',
    );
  });

  test('leaves out what nobody can know', () => {
    const report = { phase: 'selecting', table: null, rowsDone: 0, rowsTotal: null } as const;
    expect(progressLine(view(report, unknown))).toBe('20260101000000_purge  35 s: selecting');
  });

  test('says what it waits for', () => {
    expect(progressLine(view({ waitingFor: 'replica lag 2.1 s' }))).toContain(
      '35 s: waiting: replica lag 2.1 s, 43 %',
    );
  });

  test('shows more than everything as it is', () => {
    const more = view(
      { rowsDone: 1_040_000 },
      { share: 1.04, rowsPerSecond: 2.25, remainingMs: null },
    );
    expect(progressLine(more)).toContain('104 %, 1,040,000 of 1,000,000 rows, 2.3 rows/s');
  });
});

describe('a bar', () => {
  const full = '████████░░░░░░░░░░░░  43 %  430,000/1,000,000 rows  12,346 rows/s  46 s left  35 s';

  test.each([
    [120, `${full}  removing live_sessions`],
    [101, `${full.slice(0, -6)}  removing live_sessions`],
    [90, '████████░░░░░░░░░░░░  43 %  430,000/1,000,000 rows  46 s left  removing live_sessions'],
    [70, '████████░░░░░░░░░░░░  43 %  46 s left  removing live_sessions'],
    [40, '43 %  46 s left  removing live_sessions'],
    [37, '43 %  removing live_sessions'],
    [20, '43 %  removing live…'],
  ])('in %i columns has what fits', (columns, expected) => {
    expect(progressBar(view(), columns)).toBe(expected);
  });

  test('is never wider than the terminal', () => {
    for (let columns = 0; columns <= 130; columns += 1) {
      expect(progressBar(view(), columns).length).toBeLessThanOrEqual(Math.max(1, columns));
    }
  });

  test('without a total is rows and what it does', () => {
    expect(progressBar(view({ rowsTotal: null }, unknown), 100)).toBe(
      '430,000 rows  35 s  removing live_sessions',
    );
  });

  test('is full, and no fuller, when more than everything is done', () => {
    expect(progressBar(view({}, { share: 1.3 }), 120)).toContain(`${'█'.repeat(20)}  130 %`);
  });

  test('lets no name move the cursor', () => {
    expect(progressBar(view({ table: '"a\u001b[2Jb\n"' }), 120)).toContain('removing "a?[2Jb?"');
  });

  test('is coloured without being counted as wider', () => {
    const style = { ...plainStyle, green: (text: string) => `<${text}>` };
    expect(progressBar(view(), 108, style)).toBe(
      `${full.replace(/[█░]+/, (bar) => `<${bar}>`)}  removing live_sessions`,
    );
  });
});

describe('an event', () => {
  const at = new Date('2026-01-12T09:00:00Z');

  test('is one line of JSON', () => {
    const line = progressEvent(view({ table: 'a\nb' }), at);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      event: 'progress',
      at: '2026-01-12T09:00:00.000Z',
      migration: '20260101000000_purge',
      phase: 'removing',
      table: 'a\nb',
      rowsDone: 430_000,
      rowsTotal: 1_000_000,
      share: 0.439,
      rowsPerSecond: 12_345.6,
      remainingSeconds: 46.1,
      elapsedSeconds: 35,
      waitingFor: null,
    });
  });

  test('has null where nobody can know', () => {
    const { share, rowsPerSecond, remainingSeconds } = JSON.parse(
      progressEvent(view({}, unknown), at),
    ) as Record<string, unknown>;
    expect([share, rowsPerSecond, remainingSeconds]).toEqual([null, null, null]);
  });
});
