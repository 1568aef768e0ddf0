import { expect, test } from '@jest/globals';
import { inlinedSql } from '../../src/kernel/inlined-sql.ts';
import { id, sql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

test.each([
  ["it's", 'text'],
  [String.raw`a\b'c`, 'text'],
  [7, 'int'],
  [12345678901234567890n, 'numeric'],
  [1.5, 'numeric'],
  [true, 'boolean'],
  [null, 'text'],
  [new Date('2026-01-02T03:04:05.678Z'), 'timestamptz'],
  [Buffer.from([0, 1, 255]), 'bytea'],
  [['a"b', String.raw`c\d`, null, 'e,f', ''], 'text[]'],
  [
    [
      [1, 2],
      [3, 4],
    ],
    'int[]',
  ],
  [{ a: ["it's"] }, 'jsonb'],
])('%p is written out as what the driver would bind', async (value, type) => {
  const [same] = await database.query<{ same: boolean }>(
    `select ${inlinedSql(sql`${value}`)}::${type} is not distinct from $1::${type} as same`,
    [value],
  );
  expect(same).toEqual({ same: true });
});

test('names and nested templates stay what they are', () => {
  const inner = sql`${id('eMail')} like ${'%@x'}`;
  expect(inlinedSql(sql`(${inner}) and true`)).toBe(`("eMail" like '%@x') and true`);
});
