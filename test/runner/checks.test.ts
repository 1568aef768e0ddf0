import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { VerifyContext } from '../../src/authoring/define-hygiene.ts';
import type { CheckResult } from '../../src/authoring/expect.ts';
import { purge, rows } from '../../src/authoring/steps.ts';
import type { Connection } from '../../src/database/connection.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { openConnection } from '../database/open-connection.ts';
import { useDatabase } from '../support/database.ts';
import { type Expects, outcome, verification, type Verify, verifyError } from './verify-once.ts';

const database = useDatabase();
let connection: Connection;

const demo = rows('users', sql`email like ${'%@example.com'}`);
const genuine = rows('users', { keep: sql`email like ${'%@example.com'}` });

beforeAll(async () => {
  await database.execute(`
    create table users (id int primary key, email text, age int8);
    insert into users values (1, 'a@example.com', 7), (2, 'b@example.com', null), (3, 'c@corp.io', 9007199254740993), (4, null, 1);
    create table status (status int, note text);
    insert into status values (1, 'a');
  `);
  connection = await openConnection(database.url);
});

beforeEach(async () => {
  await connection.query(rawSql('begin'));
});

afterEach(async () => {
  await connection.query(rawSql('rollback'));
});

describe('a check', () => {
  test.each([
    ['none of some', (e: Expects) => e.none(demo), '0 rows', '2 rows', false],
    ['none of none', (e: Expects) => e.none(rows('users', sql`false`)), '0 rows', '0 rows', true],
    ['none of a table', (e: Expects) => e.none('status'), '0 rows', '1 row', false],
    ['at least enough', (e: Expects) => e.atLeast('users', 4), 'at least 4 rows', '4 rows', true],
    ['at least too many', (e: Expects) => e.atLeast(demo, 3), 'at least 3 rows', '2 rows', false],
    ['exactly so many', (e: Expects) => e.count(genuine, 1), '1 row', '1 row', true],
    ['exactly others', (e: Expects) => e.count('users', 3), '3 rows', '4 rows', false],
    ['no rows', (e: Expects) => e.sql(sql`select 1 where false`), 'no rows', '0 rows', true],
    [
      'no rows, but some',
      (e: Expects) => e.sql(sql`select id from users where id < ${3}`),
      'no rows',
      '2 rows',
      false,
    ],
    [
      'a number',
      (e: Expects) => e.sql(sql`select count(*) from users`, { equals: 4 }),
      '4',
      '4',
      true,
    ],
    [
      'another number',
      (e: Expects) => e.sql(sql`select count(*) from users`, { equals: 5 }),
      '5',
      '4',
      false,
    ],
    [
      'a number too large to be one',
      (e: Expects) => e.sql(sql`select max(age) from users`, { equals: 9_007_199_254_740_993n }),
      '9007199254740993',
      '9007199254740993',
      true,
    ],
    [
      'a numeric',
      (e: Expects) => e.sql(sql`select 12.50::numeric`, { equals: '12.50' }),
      '12.50',
      '12.50',
      true,
    ],
    [
      'a text',
      (e: Expects) => e.sql(sql`select 'person@corp.io'`, { equals: 'person@corp.io' }),
      'another value',
      'another value',
      true,
    ],
    [
      'another text',
      (e: Expects) => e.sql(sql`select 'person@corp.io'`, { equals: 'x' }),
      'another value',
      'another value',
      false,
    ],
    ['NULL', (e: Expects) => e.sql(sql`select null::int`, { equals: null }), 'null', 'null', true],
    ['true', (e: Expects) => e.sql(sql`select true`, { equals: true }), 'true', 'true', true],
    [
      'a text for true',
      (e: Expects) => e.sql(sql`select 'true'`, { equals: true }),
      'true',
      'another value',
      false,
    ],
    [
      'a value, but no row',
      (e: Expects) => e.sql(sql`select 1 where false`, { equals: 1 }),
      '1',
      'no row',
      false,
    ],
    [
      'a value, but two rows',
      (e: Expects) => e.sql(sql`select 1 from status union all select 1`, { equals: 1 }),
      '1',
      '1',
      false,
    ],
  ])(
    'of %s tells what it expected and found',
    async (_what, assertion, ...[expected, actual, passed]) => {
      expect(await outcome(connection, assertion)).toMatchObject({ expected, actual, passed });
    },
  );

  test('of clean looks for everything that the migration purges', async () => {
    const steps = [purge(demo), purge(rows('status', sql`note = 'b'`))];
    expect(await outcome(connection, (e) => e.clean(), { steps })).toMatchObject({
      kind: 'clean',
      lasting: true,
      actual: '2 rows',
      passed: false,
    });
    expect(await outcome(connection, (e) => e.clean('status'), { steps })).toMatchObject({
      actual: '0 rows',
      passed: true,
    });
  });

  test('of clean where nothing is purged cannot be made', async () => {
    const error = await verifyError(
      connection,
      async (context) => {
        await context.expect.clean('users');
      },
      {
        steps: [],
      },
    );
    expect(error).toMatchObject({ code: 'HYG_VERIFY_ERROR', exitCode: 4 });
    expect(error.message).toContain('this migration declares no purge there');
  });

  test.each([
    ['the table', rows('no_such', sql`true`), 'no_such'],
    ['the column', rows('users', sql`no_such = 1`), 'no_such'],
  ])(
    'of what is gone (%s) is an error before commit and obsolete later',
    async (_what, target, said) => {
      const verify: Verify = async (context) => {
        await context.expect.none(target);
      };
      const error = await verifyError(connection, verify);
      expect(error).toMatchObject({ code: 'HYG_VERIFY_ERROR', exitCode: 4 });
      expect(error.message).toContain(said);
      const { checks } = await verification(connection, verify, { repeat: 'lasting' });
      expect(checks).toMatchObject([{ obsolete: true, passed: true, lasting: true }]);
      expect(checks[0]?.actual).toContain(said);
    },
  );

  test('with a syntax error is told with its label', async () => {
    const error = await verifyError(connection, async (context) => {
      await context.expect.sql(sql`selec 1`, { label: 'my check' });
    });
    expect(error).toMatchObject({ code: 'HYG_VERIFY_ERROR', details: { sqlstate: '42601' } });
    expect(error.message).toContain('The check "my check" could not be made: ');
  });
});

describe('a check of unchanged', () => {
  const verify: Verify = async ({ expect: expects }) => {
    await expects.unchanged(genuine);
    await expects.count('status', 1);
    await expects.unchanged('status');
  };

  async function again(change: string): Promise<readonly CheckResult[]> {
    const { fingerprints, checks } = await verification(connection, verify);
    expect(checks.map(({ passed }) => passed)).toEqual([true, true, true]);
    await connection.query(rawSql(change));
    return (await verification(connection, verify, { before: fingerprints })).checks;
  }

  test('passes when other rows change', async () => {
    const checks = await again("delete from users where email like '%@example.com'");
    expect(checks.map(({ passed }) => passed)).toEqual([true, true, true]);
    expect(checks[0]).toMatchObject({ expected: '1 row, same content', actual: '1 row' });
  });

  test.each([
    ['content', 'update users set age = 8 where id = 3', 0, '1 row, other content'],
    ['number', "insert into users values (9, 'x@corp.io', 1)", 0, '2 rows'],
    [
      'content beside the column that is named like the table',
      "update status set note = 'z'",
      2,
      '1 row, other content',
    ],
  ])('fails for other %s', async (_what, change, ...[at, actual]) => {
    const checks = await again(change);
    expect(checks.map(({ passed }) => passed)).toEqual([0, 1, 2].map((index) => index !== at));
    expect(checks[at]).toMatchObject({ actual });
  });

  test('does not mind the order of rows', async () => {
    const checks = await again('update users set age = age where id = 3; ');
    expect(checks[0]?.passed).toBe(true);
  });
});

describe('verify', () => {
  test('makes all checks although one fails', async () => {
    const { checks } = await verification(connection, async (context) => {
      await context.expect.none(demo);
      await context.expect.atLeast('users', 1);
    });
    expect(checks.map(({ passed }) => passed)).toEqual([false, true]);
  });

  test('makes several checks at once one after the other', async () => {
    const { checks } = await verification(connection, async (context) => {
      const { expect: expects } = context;
      await Promise.all([
        expects.none(demo),
        expects.count('users', 4),
        expects.sql(sql`select pg_sleep(0)`),
        expects.unchanged('users'),
      ]);
    });
    expect(checks.map(({ kind, passed }) => [kind, passed])).toEqual([
      ['none', false],
      ['count', true],
      ['sql', false],
      ['unchanged', true],
    ]);
  });

  test('makes a check that nobody awaits all the same', async () => {
    const { checks } = await verification(connection, (context) => {
      void context.expect.none(demo);
      void context.expect.atLeast('users', 1);
      return Promise.resolve();
    });
    expect(checks.map(({ passed }) => passed)).toEqual([false, true]);
  });

  test('does not lose the error of a check that nobody awaits', async () => {
    const error = await verifyError(connection, (context) => {
      context.expect.sql(sql`selec`).catch(() => undefined);
      return Promise.resolve();
    });
    expect(error.code).toBe('HYG_VERIFY_ERROR');
  });

  test('without a check is refused before commit, and fine later', async () => {
    const empty: Verify = () => Promise.resolve();
    expect(await verifyError(connection, empty)).toMatchObject({
      code: 'HYG_VERIFY_EMPTY',
      exitCode: 4,
    });
    expect((await verification(connection, empty, { repeat: 'lasting' })).checks).toEqual([]);
  });

  test('repeats only what lasts', async () => {
    const verify: Verify = async ({ expect: expects }) => {
      await expects.none(demo);
      await expects.atLeast('no_such_table', 1);
      await expects.count('users', 4, { lasting: true });
      await expects.none('status', { lasting: false });
    };
    const { checks } = await verification(connection, verify, { repeat: 'lasting' });
    expect(checks.map(({ kind, lasting }) => [kind, lasting])).toEqual([
      ['none', true],
      ['count', true],
    ]);
  });

  test.each([
    [
      'through expect.sql',
      async ({ expect: expects }: VerifyContext) => {
        await expects.sql(sql`delete from users returning id`);
      },
    ],
    [
      'through db',
      async ({ db }: VerifyContext) => {
        await db('users').delete();
      },
    ],
  ])('that writes %s is refused, and nothing is written', async (_what, verify) => {
    const error = await verifyError(connection, verify);
    expect(error).toMatchObject({ code: 'HYG_VERIFY_WRITES', exitCode: 4 });
    const { rows: left } = await connection.query(sql`select count(*) from users`);
    expect(left).toEqual([{ count: 4 }]);
  });

  test('that throws is told with its first line', async () => {
    const error = await verifyError(connection, () =>
      Promise.reject(new TypeError('x is undefined\n  at somewhere')),
    );
    expect(error).toMatchObject({
      code: 'HYG_VERIFY_ERROR',
      exitCode: 4,
      message: 'verify threw: x is undefined',
    });
  });

  test('may look with db, and the transaction can write afterwards', async () => {
    await verification(connection, async ({ db, expect: expects }) => {
      const found = await db<{ id: number }>('users').where('id', 3).select('id');
      await expects.count('users', found.length + 3);
    });
    await connection.query(rawSql("update status set note = 'written'"));
    expect(await connection.transactionStatus()).toBe('open');
  });

  test('leaves the transaction usable after an error', async () => {
    await verifyError(connection, async (context) => {
      await context.expect.sql(sql`select 1/0`);
    });
    expect(await connection.transactionStatus()).toBe('open');
  });
});
