import { describe, expect, test } from '@jest/globals';

import { HygieneError } from '../../src/kernel/errors.ts';
import { asBatchError, batchFailure } from '../../src/runner/batched/batch-errors.ts';

function databaseError(code: string): Error {
  return Object.assign(new Error('it failed'), { code });
}

describe('a batch that failed', () => {
  test.each([
    ['40001', 'again'],
    ['40P01', 'again'],
    ['55P03', 'again'],
    ['23503', 'again'],
    ['57014', 'halve'],
    ['57P01', 'reconnect'],
    ['08006', 'reconnect'],
    ['25P03', 'reconnect'],
    ['23514', 'end'],
    ['42501', 'end'],
    ['53100', 'end'],
  ])('with %s is good for: %s', (code, failure) => {
    expect(batchFailure(databaseError(code))).toBe(failure);
  });

  test('with an error of our own ends the run', () => {
    expect(batchFailure(new HygieneError('HYG_REFUSED_BUDGET', { message: 'too many' }))).toBe(
      'end',
    );
  });

  test('tells what earlier batches have done, once', () => {
    const once = asBatchError(databaseError('23514'), '20260101000000_purge', 1_200);
    expect(once.hint).toContain('1,200 rows of earlier batches stay done; hygiene up goes on');
    expect(once.hint).not.toContain('Nothing was kept');
    expect(asBatchError(once, '20260101000000_purge', 1_200)).toBe(once);
    expect(asBatchError(databaseError('23514'), '20260101000000_purge', 0).hint).toContain(
      'Nothing was kept',
    );
  });
});
