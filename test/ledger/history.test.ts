import { describe, expect, test } from '@jest/globals';
import type { EventName, LedgerEvent } from '../../src/ledger/events.ts';
import { type MigrationRecord, readHistory } from '../../src/ledger/history.ts';

type Facts = Partial<LedgerEvent>;

function chain(...events: readonly (readonly [EventName, Facts?])[]): readonly LedgerEvent[] {
  return events.map(([event, facts], index) => ({
    seq: index + 1,
    event,
    migrationId: 'm1',
    generation: 1,
    checksum: null,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index + 1)),
    runId: null,
    errorMessage: null,
    ...facts,
  }));
}

function recordOf(
  ...events: readonly (readonly [EventName, Facts?])[]
): MigrationRecord | undefined {
  return readHistory(chain(...events)).get('m1');
}

describe('the record of a migration', () => {
  test('tells when, with which checksum and by which event it was applied', () => {
    expect(
      recordOf(
        ['started', { runId: 'r1' }],
        ['applied', { runId: 'r1', checksum: 'sha256:a' }],
        ['verified'],
      ),
    ).toEqual({
      id: 'm1',
      status: 'applied',
      generation: 1,
      checksum: 'sha256:a',
      appliedAt: new Date('2026-01-01T00:00:02Z'),
      appliedSeq: 2,
      lastEvent: 'verified',
      lastEventAt: new Date('2026-01-01T00:00:03Z'),
      lastError: null,
      openRunId: null,
      lastGuardEvent: null,
      guards: new Map(),
    });
  });

  test('names the run that has started and not ended', () => {
    expect(recordOf(['started', { runId: 'r1' }])).toMatchObject({
      status: 'started',
      openRunId: 'r1',
    });
    expect(recordOf(['started', { runId: 'r1' }], ['interrupted'])).toMatchObject({
      status: 'interrupted',
      openRunId: null,
    });
  });

  test('keeps the error of a failed run until the next one starts', () => {
    const failed = [['started'], ['failed', { errorMessage: 'no such column' }]] as const;
    expect(recordOf(...failed)).toMatchObject({ status: 'failed', lastError: 'no such column' });
    expect(recordOf(...failed, ['approved'])).toMatchObject({ lastError: 'no such column' });
    expect(recordOf(...failed, ['started'])).toMatchObject({ lastError: null });
  });

  test('is pending when it was only approved', () => {
    expect(recordOf(['approved'])).toMatchObject({ status: 'pending', lastEvent: 'approved' });
  });

  test('is held after a restore and still knows what was applied', () => {
    expect(
      recordOf(['started'], ['applied', { checksum: 'sha256:a' }], ['restored']),
    ).toMatchObject({ status: 'held', checksum: 'sha256:a', appliedSeq: 2, generation: 1 });
  });

  test('begins the next generation when it is reapplied, with nothing of the one before', () => {
    expect(
      recordOf(
        ['started'],
        ['applied', { checksum: 'sha256:a' }],
        ['guard_added'],
        ['restored'],
        ['reapplied', { generation: 2 }],
      ),
    ).toEqual({
      id: 'm1',
      status: 'pending',
      generation: 2,
      checksum: null,
      appliedAt: null,
      appliedSeq: null,
      lastEvent: 'reapplied',
      lastEventAt: new Date('2026-01-01T00:00:05Z'),
      lastError: null,
      openRunId: null,
      lastGuardEvent: null,
      guards: new Map(),
    });
  });

  test('counts a baseline as applied', () => {
    expect(recordOf(['baseline', { checksum: 'sha256:b' }])).toMatchObject({
      status: 'baselined',
      checksum: 'sha256:b',
      appliedSeq: 1,
    });
  });

  test('remembers what last happened to the guard', () => {
    const applied = [['started'], ['applied']] as const;
    expect(recordOf(...applied, ['guard_added'], ['verified'])).toMatchObject({
      status: 'applied',
      lastGuardEvent: 'guard_added',
    });
    expect(recordOf(...applied, ['guard_added'], ['guard_missing'])).toMatchObject({
      lastGuardEvent: 'guard_missing',
    });
  });
});

describe('the guards of a migration', () => {
  const applied = [['started'], ['applied', { guards: ['g1', 'g2'] }]] as const;
  const guardsAfter = (...events: readonly (readonly [EventName, Facts?])[]): unknown =>
    Object.fromEntries(recordOf(...events)?.guards ?? []);

  test('are pending when they are asked for, and each goes its own way', () => {
    expect(guardsAfter(...applied)).toEqual({ g1: 'pending', g2: 'pending' });
    expect(
      guardsAfter(
        ...applied,
        ['guard_added', { guards: ['g1'] }],
        ['guard_validated', { guards: ['g1'] }],
        ['guard_missing', { guards: ['g1'] }],
        ['guard_dropped', { guards: ['g2'] }],
      ),
    ).toEqual({ g1: 'missing', g2: 'dropped' });
  });

  test('are not pending when they came in the same transaction as the purge', () => {
    expect(
      guardsAfter(
        ['started'],
        ['guard_added', { guards: ['g1'] }],
        ['guard_validated', { guards: ['g1'] }],
        ['applied', { guards: ['g1', 'g2'] }],
      ),
    ).toEqual({ g1: 'validated', g2: 'pending' });
  });

  test('begin anew with the next generation', () => {
    expect(guardsAfter(...applied, ['reapplied', { generation: 2 }])).toEqual({});
  });
});

test('events about no migration belong to no record', () => {
  expect(readHistory(chain(['backup', { migrationId: null, generation: null }])).size).toBe(0);
});

test('migrations do not mix', () => {
  const records = readHistory(
    chain(
      ['started'],
      ['started', { migrationId: 'm2' }],
      ['applied'],
      ['failed', { migrationId: 'm2' }],
    ),
  );
  expect([...records].map(([id, { status }]) => [id, status])).toEqual([
    ['m1', 'applied'],
    ['m2', 'failed'],
  ]);
});
