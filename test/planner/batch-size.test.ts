import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  afterBatch,
  estimateBatches,
  halved,
  type Pace,
  startPace,
} from '../../src/planner/batch-size.ts';

const rules = { first: 500, targetMs: 500, least: 50 };

/** Runs batches on a machine that takes so long for a row. */
function after(count: number, msPerRow: number, from: Pace = startPace(rules.first)): Pace {
  let pace = from;
  for (let at = 0; at < count; at += 1) {
    pace = afterBatch(pace, { rows: pace.size, ms: pace.size * msPerRow }, rules);
  }
  return pace;
}

function nextPace(pace: Pace, batch: { rows: number; ms: number } | null): Pace {
  return batch === null ? halved(pace) : afterBatch(pace, batch, rules);
}

describe('the size of batches', () => {
  test('comes to what takes the target time', () => {
    expect(after(20, 0.1).size).toBe(5_000);
    expect(after(20, 2).size).toBe(250);
  });

  test('doubles at most while little is known, and grows by half later', () => {
    const sizes = [1, 2, 3, 4, 5, 6].map((count) => after(count, 0.001).size);
    expect(sizes).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 24_000]);
  });

  test('shrinks at once when rows become slow', () => {
    const fast = after(10, 0.1);
    expect(afterBatch(fast, { rows: fast.size, ms: 30_000 }, rules).size).toBeLessThan(
      fast.size / 3,
    );
  });

  test('is halved down to one row, and grows again from there', () => {
    let pace = startPace(8);
    for (let at = 0; at < 5; at += 1) pace = halved(pace);
    expect(pace).toEqual({ size: 1, rows: 0, ms: 0, samples: 0 });
    expect(after(3, 0.1, pace).size).toBe(8);
  });

  test('weighs the newest batch with a quarter and more', () => {
    const pace = afterBatch(startPace(100), { rows: 100, ms: 100 }, rules);
    expect(afterBatch(pace, { rows: 100, ms: 100 }, rules)).toMatchObject({ rows: 175, ms: 175 });
  });

  test('property: stays within bounds, whatever batches take', () => {
    const batch = fc.record({
      rows: fc.nat(50_000),
      ms: fc.double({ min: 0, max: 1e7, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.option(batch)),
        (first, all) => {
          let pace = startPace(first);
          for (const each of all) {
            const next = nextPace(pace, each);
            expect(Number.isSafeInteger(next.size)).toBe(true);
            expect(next.size).toBeGreaterThanOrEqual(1);
            expect(next.size).toBeLessThanOrEqual(Math.min(50_000, pace.size * 2));
            pace = next;
          }
        },
      ),
    );
  });

  test('tells about how many batches a plan takes', () => {
    expect(estimateBatches({ rows: 0, estimatedMs: 0 }, rules)).toBe(0);
    expect(estimateBatches({ rows: 300, estimatedMs: 10 }, rules)).toBe(1);
    // 500, 1000, 2000, 4000, and the rest by 5000.
    expect(estimateBatches({ rows: 100_000, estimatedMs: 10_000 }, rules)).toBe(4 + 19);
  });
});
