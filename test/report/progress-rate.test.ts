import { describe, expect, test } from '@jest/globals';

import { type Pace, PaceMeter } from '../../src/report/progress-rate.ts';
import type { ProgressPhase } from '../../src/kernel/progress.ts';

type Sighting = readonly [seconds: number, rowsDone: number, phase?: ProgressPhase];

/** The pace after these sightings, at a time in seconds. */
function paceAt(
  seconds: number,
  sightings: readonly Sighting[],
  rowsTotal: number | null = null,
): Pace {
  const meter = new PaceMeter();
  let done = 0;
  for (const [at, rowsDone, phase = 'removing'] of sightings) {
    meter.observe(at * 1000, { rowsDone, phase });
    done = rowsDone;
  }
  return meter.pace(seconds * 1000, { rowsDone: done, rowsTotal });
}

describe('the rate', () => {
  test.each([
    ['nothing was seen', []],
    ['one sighting was made', [[0, 100]]],
    [
      'nothing was done',
      [
        [0, 0],
        [9, 0],
      ],
    ],
    [
      'no time passed',
      [
        [3, 0],
        [3, 50],
      ],
    ],
  ] as readonly (readonly [string, readonly Sighting[]])[])(
    'is not known while %s',
    (_what, seen) => {
      expect(paceAt(10, seen, 1000)).toMatchObject({ rowsPerSecond: null, remainingMs: null });
    },
  );

  test('of steady work is what it is, however the sightings are spaced', () => {
    const seen: Sighting[] = [0, 1, 2.5, 10, 11, 40, 40.1].map((at) => [at, at * 700]);
    expect(paceAt(40.1, seen).rowsPerSecond).toBeCloseTo(700, 6);
  });

  test('follows what happens now more than what happened long ago', () => {
    const slower: Sighting[] = [
      [0, 0],
      [30, 30_000],
      [60, 33_000],
    ];
    const { rowsPerSecond } = paceAt(60, slower);
    expect(rowsPerSecond).toBeGreaterThan(100);
    expect(rowsPerSecond).toBeLessThan(33_000 / 60);
  });

  test('falls while it waits', () => {
    const worked: Sighting[] = [
      [0, 0],
      [10, 1000],
    ];
    const { rowsPerSecond } = paceAt(30, [...worked, [20, 1000], [30, 1000]]);
    expect(rowsPerSecond).toBeGreaterThan(0);
    expect(rowsPerSecond).toBeLessThan(50);
  });

  test('leaves out the time before the first phase in which rows go', () => {
    const seen: Sighting[] = [
      [0, 0, 'selecting'],
      [50, 0, 'archiving'],
      [100, 0, 'removing'],
      [110, 5000, 'removing'],
    ];
    expect(paceAt(110, seen).rowsPerSecond).toBeCloseTo(500, 6);
  });

  test('counts the time of all phases once rows go', () => {
    const seen: Sighting[] = [
      [0, 0],
      [1, 100],
      [2, 100, 'archiving'],
      [3, 200],
    ];
    expect(paceAt(3, seen).rowsPerSecond).toBeLessThan(75);
  });

  test('begins anew when the work does', () => {
    const again: Sighting[] = [
      [0, 0],
      [10, 90_000],
      [11, 0],
      [21, 1000],
    ];
    expect(paceAt(21, again).rowsPerSecond).toBeCloseTo(100, 6);
  });
});

describe('the remaining time', () => {
  const steady: readonly Sighting[] = [
    [0, 0],
    [10, 1000],
  ];

  test('is what the rest takes at this rate', () => {
    expect(paceAt(10, steady, 4000).remainingMs).toBeCloseTo(30_000, 6);
  });

  test('counts down while one statement brings no news', () => {
    expect(paceAt(22, steady, 4000).remainingMs).toBeCloseTo(18_000, 6);
  });

  test.each([
    ['the total is not known', null, 10],
    ['all is done', 1000, 10],
    ['more than all is done', 500, 10],
    ['its time is over', 4000, 41],
    ['its time is over by far', 4000, 4000],
  ])('is not told when %s', (_why, total, at) => {
    expect(paceAt(at, steady, total).remainingMs).toBeNull();
  });
});

test.each([
  [null, null],
  [0, null],
  [4000, 0.25],
  [800, 1.25],
])('of %s rows, 1000 done are the share %s', (total, share) => {
  expect(paceAt(10, [[0, 1000]], total).share).toBe(share);
});
