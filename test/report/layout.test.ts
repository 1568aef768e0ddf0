import { describe, expect, test } from '@jest/globals';

import { indented, tableLines, wrapped } from '../../src/report/layout.ts';
import { placeOf, targetLines } from '../../src/report/target.ts';
import { counted } from '../../src/kernel/counts.ts';
import { duration, moment, shortHash } from '../../src/report/wording.ts';

describe('wrapping', () => {
  test('leaves lines that fit as they are, spaces included', () => {
    expect(wrapped('  a   b\n\nc', 10)).toEqual(['  a   b', '', 'c']);
  });

  test('breaks at a space and indents what goes on by two more', () => {
    expect(wrapped('  one two three', 9)).toEqual(['  one two', '    three']);
  });

  test('cuts a word that is longer than a line', () => {
    expect(wrapped('abcdefghij', 6)).toEqual(['abcdef', '  ghij']);
  });
});

test('a table is as wide as its widest cells, without trailing spaces', () => {
  const columns = [
    { title: 'table' },
    { title: 'rows', align: 'right' },
    { title: 'lock' },
  ] as const;
  expect(
    tableLines(columns, [
      ['users', '1,200', 'X'],
      ['a', '3', ''],
    ]),
  ).toEqual(['table   rows  lock', 'users  1,200  X', 'a          3']);
});

test('empty lines stay empty when they are indented', () => {
  expect(indented(['a', ''])).toEqual(['  a', '']);
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1.0 s'],
  [45_300, '45 s'],
  [180_000, '3 min'],
  [9_000_000, '2.5 h'],
])('%d milliseconds read %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test('one row is a row, and thousands are grouped', () => {
  expect([
    counted(1, 'row'),
    counted(0, 'row'),
    counted(1234, 'row'),
    counted(2, 'entry', 'entries'),
  ]).toEqual(['1 row', '0 rows', '1,234 rows', '2 entries']);
});

test('times are told in UTC, hashes by their first characters', () => {
  expect(moment(new Date('2026-01-12T09:00:00.5Z'))).toBe('2026-01-12 09:00:00 UTC');
  expect(shortHash('sha256:0123456789abcdef')).toBe('01234567');
});

describe('the target', () => {
  const target = {
    kind: 'postgres',
    host: '::1',
    port: 5432,
    database: 'app',
    user: 'deploy',
    source: 'DATABASE_URL',
    notes: ['connection_limit is ignored'],
  } as const;

  test('is told with user, source, marker and notes', () => {
    expect(targetLines({ ...target, host: 'db' }, 'production')).toEqual([
      'db:5432/app as deploy (from DATABASE_URL) · environment: production',
      'note: connection_limit is ignored',
    ]);
  });

  test('says when the database is not marked, and nothing when nobody looked', () => {
    expect(targetLines(target, null)[0]).toMatch(/ · environment: not marked$/);
    expect(targetLines(target, undefined)[0]).toMatch(/\(from DATABASE_URL\)$/);
  });

  test('has brackets around an IPv6 address, and a directory where it is embedded', () => {
    expect(placeOf(target)).toBe('[::1]:5432/app as deploy');
    expect(placeOf({ ...target, kind: 'embedded', database: '/x/.hygiene' })).toBe(
      'embedded database /x/.hygiene',
    );
  });
});
