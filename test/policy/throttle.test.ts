import { describe, expect, test } from '@jest/globals';

import { isShared, throttleReason, type ThrottleSignals } from '../../src/policy/throttle.ts';

const quiet: ThrottleSignals = {
  replicaLagMs: null,
  unarchivedFiles: null,
  archiverFails: false,
  transactions: 0,
  vacuumed: [],
  hidden: [],
};
const limits = { maxReplicaLagMs: 5_000 };

describe('what batches wait for', () => {
  test('is nothing where the server is quiet, or says nothing', () => {
    expect(throttleReason(quiet, limits)).toBeNull();
    expect(throttleReason({ ...quiet, hidden: ['replica lag'] }, limits)).toBeNull();
    expect(
      throttleReason({ ...quiet, replicaLagMs: 5_000, unarchivedFiles: 42 }, limits),
    ).toBeNull();
  });

  test.each([
    [{ replicaLagMs: 5_100 }, 'replica lag 5.1 s'],
    [{ unarchivedFiles: 43 }, 'archiving of WAL is 43 files behind'],
    [{ archiverFails: true }, 'archiving of WAL fails: see pg_stat_archiver'],
    [{ vacuumed: ['users'] }, 'autovacuum of users'],
    [{ replicaLagMs: 9_000, vacuumed: ['users'] }, 'replica lag 9.0 s'],
  ])('is told in words: %j', (signals, words) => {
    expect(throttleReason({ ...quiet, ...signals }, limits)?.words).toBe(words);
  });
});

test('a database is shared when more is committed in it than batches commit themselves', () => {
  expect(isShared(51, 1_000)).toBe(true);
  expect(isShared(50, 1_000)).toBe(false);
  expect(isShared(101, 2_000)).toBe(true);
  expect(isShared(100, 0)).toBe(false);
});
