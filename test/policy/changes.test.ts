import { describe, expect, test } from '@jest/globals';

import { type ChangeRules, judgeChanges, type ObservedChange } from '../../src/policy/changes.ts';
import { expectThrown } from './terminal.ts';

function change(changes: Partial<ObservedChange> = {}): ObservedChange {
  return {
    table: 'users',
    reference: 'users',
    inserted: 0,
    updated: 0,
    deleted: 0,
    movable: 0,
    rewritten: false,
    ...changes,
  };
}

function rules(changes: Partial<ChangeRules> = {}): ChangeRules {
  return { expected: new Map(), sideEffects: [], freeForm: false, rowsRemoved: 0, ...changes };
}

const planned = rules({
  expected: new Map([['users', { deleted: 3, updated: 2, reinserted: null }]]),
  rowsRemoved: 3,
});
const audited = rules({
  ...planned,
  sideEffects: [{ table: 'audit_log', reason: 'audit trigger of users', rowsPerRemoved: 2 }],
});

describe('what the plan announced', () => {
  test('may happen, and nothing is recorded beside it', () => {
    expect(judgeChanges([change({ deleted: 3, updated: 2 })], planned)).toEqual([]);
    expect(judgeChanges([], rules())).toEqual([]);
    expect(judgeChanges([change()], rules())).toEqual([]);
  });

  test.each([
    ['more deleted', { deleted: 4, updated: 2 }],
    ['fewer deleted', { deleted: 2, updated: 2 }],
    ['more updated', { deleted: 3, updated: 3 }],
    ['fewer updated', { deleted: 3, updated: 1 }],
  ])('must happen exactly: %s fails', (_what, counts) => {
    const error = expectThrown(() => judgeChanges([change(counts)], planned));
    expect(error).toMatchObject({ code: 'HYG_RUN_UNPLANNED_CHANGE', exitCode: 1 });
    expect(error.message).toMatch(
      /^users: \d rows? deleted and \d rows? updated, planned were 3 rows and 2 rows\.$/,
    );
    expect(error.details).toMatchObject({ ...counts, plannedDeleted: 3, plannedUpdated: 2 });
  });

  test('is all that may happen: a table that is not in the plan may not change', () => {
    const error = expectThrown(() =>
      judgeChanges([change({ table: 'audit_log', reference: 'audit_log', updated: 1 })], planned),
    );
    expect(error.message).toBe(
      'audit_log: 0 rows deleted and 1 row updated, planned were 0 rows and 0 rows.',
    );
    expect(error.hint).toContain(
      "sideEffects: [{ table: 'audit_log', reason: 'audit trigger of …' }]",
    );
  });
});

describe('an insert', () => {
  test.each([false, true])('fails the run, with a free form (%p) as without', (freeForm) => {
    const error = expectThrown(() => judgeChanges([change({ inserted: 2 })], rules({ freeForm })));
    expect(error).toMatchObject({
      code: 'HYG_RUN_INSERTED',
      exitCode: 1,
      details: { inserted: 2 },
    });
    expect(error.message).toBe(
      'The migration inserted 2 rows into users. A cleanup inserts nothing.',
    );
    expect(error.hint).toContain('Remove the INSERT.');
  });

  test('into a table of the plan fails too', () => {
    const counts = { deleted: 3, updated: 2, inserted: 1 };
    expect(expectThrown(() => judgeChanges([change(counts)], planned)).code).toBe(
      'HYG_RUN_INSERTED',
    );
  });

  test('is none when a row moved between partitions: a delete and an insert that the update made', () => {
    const moved = change({ deleted: 4, updated: 1, inserted: 1, movable: 1 });
    expect(judgeChanges([moved], planned)).toEqual([]);
    expect(
      judgeChanges([change({ deleted: 5, inserted: 5, movable: 5 })], rules({ freeForm: true })),
    ).toEqual([]);
  });

  test('beyond the rows that moved fails, and only those beyond are told', () => {
    const error = expectThrown(() =>
      judgeChanges([change({ deleted: 1, inserted: 3, movable: 1 })], rules({ freeForm: true })),
    );
    expect(error.message).toContain('inserted 2 rows into users');
  });

  test('cannot hide behind a delete of the plan', () => {
    const counts = { deleted: 3, updated: 2, inserted: 3, movable: 3 };
    expect(expectThrown(() => judgeChanges([change(counts)], planned)).message).toContain(
      'inserted 3 rows',
    );
  });
});

describe('a free form', () => {
  test('may update and delete: its budget bounds it', () => {
    expect(judgeChanges([change({ deleted: 50, updated: 7 })], rules({ freeForm: true }))).toEqual(
      [],
    );
  });
});

describe('a table that was truncated, rewritten or dropped', () => {
  test.each([
    ['in the plan', planned],
    ['in a free form', rules({ freeForm: true })],
    [
      'as a side effect',
      rules({ sideEffects: [{ table: 'users', reason: 'x', rowsPerRemoved: 9 }], rowsRemoved: 9 }),
    ],
  ])('fails the run (%s)', (_what, given) => {
    const error = expectThrown(() => judgeChanges([change({ rewritten: true })], given));
    expect(error).toMatchObject({ code: 'HYG_RUN_TRUNCATED', exitCode: 1 });
    expect(error.message).toContain('truncated, rewrote or dropped users');
    expect(error.hint).toContain('purge(rows(…))');
  });
});

describe('a declared side effect', () => {
  const users = change({ deleted: 3, updated: 2 });

  test('is recorded with its reason, up to its bound', () => {
    const log = change({ table: 'audit_log', inserted: 5, updated: 1 });
    expect(judgeChanges([users, log], audited)).toEqual([
      { table: 'audit_log', reason: 'audit trigger of users', inserted: 5, updated: 1 },
    ]);
  });

  test('beyond its bound fails, and the bound is told', () => {
    const log = change({ table: 'audit_log', inserted: 6, updated: 1 });
    const error = expectThrown(() => judgeChanges([users, log], audited));
    expect(error).toMatchObject({
      code: 'HYG_RUN_UNPLANNED_CHANGE',
      details: { allowed: 6, inserted: 6, updated: 1 },
    });
    expect(error.message).toContain('7 rows were written and 0 rows deleted for 3 rows removed');
    expect(error.hint).toContain('Allowed are 6 rows written and none deleted.');
  });

  test('may not delete', () => {
    const log = change({ table: 'audit_log', deleted: 1 });
    expect(expectThrown(() => judgeChanges([users, log], audited)).code).toBe(
      'HYG_RUN_UNPLANNED_CHANGE',
    );
  });

  test('may write nothing when nothing was removed', () => {
    const log = change({ table: 'audit_log', inserted: 1 });
    expect(
      expectThrown(() => judgeChanges([log], { ...audited, rowsRemoved: 0 })).details,
    ).toMatchObject({ allowed: 0 });
  });

  test('cannot be a table that the plan purges: its inserts fail as ever', () => {
    const given = rules({
      ...planned,
      sideEffects: [{ table: 'users', reason: 'x', rowsPerRemoved: 9 }],
    });
    expect(expectThrown(() => judgeChanges([{ ...users, inserted: 1 }], given)).code).toBe(
      'HYG_RUN_INSERTED',
    );
  });
});
