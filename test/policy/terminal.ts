import { expect } from '@jest/globals';

import type { HygieneError } from '../../src/kernel/errors.ts';

/** A refusal must be readable at a glance: message and hint fit 12 lines of 100 columns. */
export function expectReadable(error: HygieneError | null): HygieneError {
  if (error === null) throw new Error('nothing was refused');
  expect(error.hint).not.toBeNull();
  const lines = `${error.message}\n${error.hint ?? ''}`
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 100)), 0);
  expect(lines).toBeLessThanOrEqual(12);
  return error;
}

/** What a judgement throws, readable. */
export function expectThrown(judge: () => unknown): HygieneError {
  try {
    judge();
  } catch (error) {
    return expectReadable(error as HygieneError);
  }
  throw new Error('nothing was thrown');
}
