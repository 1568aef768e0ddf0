import { describe, expect, test } from '@jest/globals';
import { type EstimateInput, estimateMs } from '../../src/planner/estimate.ts';

const nothing: EstimateInput = { removed: 0, changed: 0, archive: false, checks: [] };

function expectWithin20Percent(actualMs: number, measuredMs: number): void {
  expect(Math.abs(actualMs - measuredMs) / measuredMs).toBeLessThan(0.2);
}

describe('The estimate', () => {
  test('fits the sample application: 1.35 million rows, all foreign keys indexed', () => {
    const check = { parents: 100_000, childRows: 400_000, indexed: true };
    const checks = [check, check, check];
    expectWithin20Percent(estimateMs({ ...nothing, removed: 1_350_000, checks }), 27_500);
  });

  test('fits 10,000 parents over an unindexed child of 30,000 rows', () => {
    const checks = [{ parents: 10_000, childRows: 30_000, indexed: false }];
    expectWithin20Percent(estimateMs({ ...nothing, removed: 10_000, checks }), 21_000);
  });

  test('fits 500 parents over an unindexed child of 500,000 rows', () => {
    const checks = [{ parents: 500, childRows: 500_000, indexed: false }];
    expectWithin20Percent(estimateMs({ ...nothing, removed: 500, checks }), 17_485);
  });

  test('is zero for nothing', () => {
    expect(estimateMs(nothing)).toBe(0);
  });

  test('grows with the archive and with changed rows', () => {
    const removed = { ...nothing, removed: 100_000 };
    const archived = estimateMs({ ...removed, archive: true });
    expect(archived).toBeGreaterThan(estimateMs(removed));
    expect(estimateMs({ ...removed, changed: 10, archive: true })).toBeGreaterThanOrEqual(archived);
    expect(estimateMs({ ...nothing, changed: 1000 })).toBe(25);
  });

  test('is never less without an index than with one', () => {
    const check = { parents: 1000, childRows: 3, indexed: true };
    expect(estimateMs({ ...nothing, checks: [{ ...check, indexed: false }] })).toBe(
      estimateMs({ ...nothing, checks: [check] }),
    );
  });
});
