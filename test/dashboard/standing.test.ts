import { describe, expect, test } from '@jest/globals';

import type { MigrationStatus, StatusReport } from '../../src/app/operations/status.ts';
import { type StandingFacts, standingOf } from '../../src/dashboard/readings/standing.ts';
import { HygieneError } from '../../src/kernel/errors.ts';

const AT = new Date('2026-01-12T09:00:00Z');

const applied: MigrationStatus = {
  ...{ id: 'm1', status: 'applied', appliedAt: AT, generation: 1 },
  ...{ lastError: null, openRunId: null, guard: null, progress: null },
};

function facts(
  changes: Partial<StatusReport> = {},
  more: Partial<StandingFacts> = {},
): StandingFacts {
  const status: StatusReport = {
    target: {
      ...{ kind: 'postgres', host: 'h', port: 1, database: 'd', user: 'u', source: 's', notes: [] },
    },
    ...{ environment: null, ledgerInstalled: true, chainIntact: true, head: { seq: 2 } },
    ...{ migrations: [applied], pending: [], problem: null },
    ...changes,
  };
  return { status, chain: null, verifications: [], lastEvent: null, ...more };
}

const verification = (passed: boolean): StandingFacts['verifications'][number] => ({
  ...{ migrationId: 'm1', seq: 9, at: AT, passed },
});

const broken = {
  ...{ ok: false, events: 2, headSeq: 2, headHash: 'x' },
  problems: [{ problem: 'it was changed', atSeq: 1 }],
};

describe('where a database stands', () => {
  test.each([
    ['clean', facts(), 'not since'],
    ['clean', facts({}, { verifications: [verification(true)] }), 'passed on 2026-01-12'],
    ['dirty', facts({}, { verifications: [verification(false)] }), 'verification of m1 failed'],
    ['dirty', facts({ migrations: [{ ...applied, guard: 'missing' }] }), '1 seed guard missing'],
    ['pending', facts({ pending: ['m2', 'm3'] }), '2 migrations pending'],
    ['unknown', facts({ migrations: [] }), 'Nothing was applied'],
    [
      'failed',
      facts({ migrations: [{ ...applied, status: 'failed', lastError: 'no' }] }),
      'The last run of m1 failed: no',
    ],
    [
      'failed',
      facts({ problem: new HygieneError('HYG_INTEGRITY_EDITED', { message: 'm1 was edited' }) }),
      'm1 was edited',
    ],
    ['broken', facts({ chainIntact: false }), 'BROKEN'],
    ['broken', facts({}, { chain: broken }), 'BROKEN at event 1: it was changed'],
  ])('%s: %#', (word, given, sentence) => {
    const standing = standingOf(given);
    expect(standing.word).toBe(word);
    expect(standing.sentence).toContain(sentence);
  });

  test('of several things the worst is said: a broken ledger proves nothing', () => {
    const all = facts(
      { pending: ['m2'], migrations: [{ ...applied, guard: 'missing' }] },
      { chain: broken, verifications: [verification(false)] },
    );
    expect(standingOf(all).word).toBe('broken');
    expect(standingOf({ ...all, chain: null }).word).toBe('dirty');
  });
});
