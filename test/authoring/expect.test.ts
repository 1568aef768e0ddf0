import { describe, expect, test } from '@jest/globals';
import { type Check, type CheckResult, createExpect } from '../../src/authoring/expect.ts';
import { rows } from '../../src/authoring/steps.ts';
import { sql } from '../../src/kernel/sql.ts';

const demo = rows('users', sql`email ~* ${'@example\\.com$'}`);

function setup(passed = true) {
  const checks: Check[] = [];
  const assertions = createExpect((check) => {
    checks.push(check);
    const { kind, label, lasting } = check;
    const result: CheckResult = { kind, label, lasting, expected: '0', actual: '1', passed };
    return Promise.resolve(result);
  });
  return { checks, assertions };
}

describe('what a check says', () => {
  const cases: readonly [string, (made: ReturnType<typeof createExpect>) => unknown, object][] = [
    [
      'none of a row set is lasting and masks values',
      (made) => made.none(demo),
      { kind: 'none', expected: 0, lasting: true, label: 'none of users where email ~* ?' },
    ],
    [
      'none of a table can be proven once',
      (made) => made.none('User', { lasting: false }),
      { kind: 'none', target: 'User', lasting: false, label: 'none of "User"' },
    ],
    [
      'what is not to be kept is told with its condition',
      (made) => made.none(rows(['my.schema', 'logs'], { keep: sql`level > 3` })),
      { label: 'none of "my.schema".logs where not (level > 3)' },
    ],
    [
      'at least so many is proven once',
      (made) => made.atLeast('billing.admins', 1),
      { kind: 'atLeast', expected: 1, lasting: false, label: 'at least 1 of billing.admins' },
    ],
    [
      'at least so many can be lasting',
      (made) => made.atLeast('admins', 1, { lasting: true }),
      { kind: 'atLeast', lasting: true },
    ],
    [
      'exactly so many',
      (made) => made.count(demo, 0),
      { kind: 'count', expected: 0, lasting: false, label: 'exactly 0 of users where email ~* ?' },
    ],
    [
      'unchanged rows are compared with the state before',
      (made) => made.unchanged('admins'),
      { kind: 'unchanged', expected: null, lasting: false, label: 'admins unchanged' },
    ],
    [
      'a statement must return no rows',
      (made) => made.sql(sql`select 1 from users where id = ${7}`),
      {
        kind: 'sql',
        expected: null,
        lasting: false,
        label: 'select 1 from users where id = ? returns no rows',
      },
    ],
    [
      'a statement must give a number',
      (made) => made.sql(sql`select count(*) from users`, { equals: 3, lasting: true }),
      { expected: { equals: 3 }, lasting: true, label: 'select count(*) from users gives 3' },
    ],
    [
      'a text that is expected is masked',
      (made) => made.sql(sql`select email from users`, { equals: 'ann@acme.io' }),
      { expected: { equals: 'ann@acme.io' }, label: 'select email from users gives ?' },
    ],
    [
      'NULL can be expected',
      (made) => made.sql(sql`select max(x) from t`, { equals: null }),
      { expected: { equals: null }, label: 'select max(x) from t gives null' },
    ],
    [
      'a statement can have a label of its own',
      (made) => made.sql(sql`select 1`, { label: 'no orphaned invoices' }),
      { label: 'no orphaned invoices' },
    ],
    [
      'clean is about all that was purged, and lasting',
      (made) => made.clean(),
      { kind: 'clean', target: null, lasting: true, label: 'clean: what this migration purges' },
    ],
    [
      'clean can be about one table',
      (made) => made.clean('users', { lasting: false }),
      { kind: 'clean', target: 'users', lasting: false, label: 'clean: users', minScore: null },
    ],
    [
      'clean can be left to the scan',
      (made) => made.clean('users', { minScore: 0.9 }),
      { target: 'users', lasting: true, label: 'clean: users by scan, score 0.9', minScore: 0.9 },
    ],
  ];

  test.each(cases)('%s', async (_, make, check) => {
    const { checks, assertions } = setup();
    await make(assertions);
    expect(checks).toEqual([expect.objectContaining(check)]);
  });
});

test('a failing check does not keep the next one from being made', async () => {
  const { checks, assertions } = setup(false);
  const first = await assertions.none(demo);
  await assertions.atLeast('admins', 1);
  expect(first.passed).toBe(false);
  expect(checks.map(({ kind }) => kind)).toEqual(['none', 'atLeast']);
});

test('a check that cannot be made is told to the author', async () => {
  const assertions = createExpect(() => Promise.reject(new Error('no such column')));
  await expect(assertions.none(demo)).rejects.toThrow('no such column');
});

test.each([
  ['a missing target', () => setup().assertions.none(undefined as never), 'a table is a name'],
  ['a raw number as target', () => setup().assertions.unchanged(5 as never), 'a table is a name'],
  ['a negative number', () => setup().assertions.atLeast('t', -1), 'expect.atLeast: the number'],
  ['a missing number', () => setup().assertions.count('t', undefined as never), 'expect.count'],
  ['a score of no table', () => setup().assertions.clean(undefined, { minScore: 0.9 }), 'minScore'],
  ['a score in percent', () => setup().assertions.clean('t', { minScore: 90 }), 'from 0 to 1'],
  ['a string as statement', () => setup().assertions.sql('select 1' as never), 'an sql template'],
])('misuse is refused: %s', async (_, call, message) => {
  await expect(call()).rejects.toMatchObject({
    code: 'HYG_VERIFY_ERROR',
    message: expect.stringContaining(message),
  });
});
