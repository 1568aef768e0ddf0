import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  ColumnName,
  displayIdentifier,
  QualifiedName,
  quoteIdentifier,
  quoteLiteral,
} from '../../src/kernel/identifiers.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

/** What PostgreSQL can hold: no NUL, no half characters. Signs that matter in SQL come often. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "'",
        '\\',
        '.',
        '$',
        '$$',
        ';',
        '--',
        '/*',
        '*/',
        '\n',
        '\r',
        ' ',
        "E'",
        'U&',
        'ü',
        '用',
        '😀',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

/** Names longer than 63 bytes are cut by PostgreSQL, empty ones refused. */
const name = text.filter((each) => each !== '' && Buffer.byteLength(each) <= 63);

describe('quoting', () => {
  test('a quoted name is that name to PostgreSQL, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(name, async (each) => {
        const [row] = await database.query(`select 1 as ${quoteIdentifier(each)}`);
        expect(row).toEqual({ [each]: 1 });
      }),
      { numRuns: 300 },
    );
  });

  test('a quoted literal is that text to PostgreSQL, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const [row] = await database.query<{ value: string }>(
          `select ${quoteLiteral(each)} as value`,
        );
        expect(row?.value).toBe(each);
      }),
      { numRuns: 300 },
    );
  });

  test('a quoted literal is that text also where backslashes are escapes', async () => {
    const session = await database.connect();
    await session.query('set standard_conforming_strings = off; set escape_string_warning = off');
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const { rows } = await session.query<{ value: string }>(
          `select ${quoteLiteral(each)} as value`,
        );
        expect(rows[0]?.value).toBe(each);
      }),
      { numRuns: 100 },
    );
    await session.end();
  });

  test('a displayed name means the same to PostgreSQL as the name, keywords aside', async () => {
    await fc.assert(
      fc.asyncProperty(name, async (each) => {
        const [row] = await database.query(`select 1 as ${displayIdentifier(each)}`);
        expect(row).toEqual({ [each]: 1 });
      }),
      { numRuns: 100 },
    );
  });
});

describe('names', () => {
  test.each([
    ['users', 'users'],
    ['_a1', '_a1'],
    ['User', '"User"'],
    ['1st', '"1st"'],
    ['a-b', '"a-b"'],
    ['a"b', '"a""b"'],
    ['', '""'],
  ])('%p is displayed as %s', (each, shown) => {
    expect(displayIdentifier(each)).toBe(shown);
  });

  test.each([
    ['public', 'users', 'users', '"public"."users"'],
    ['public', 'User', '"User"', '"public"."User"'],
    ['billing', 'invoices', 'billing.invoices', '"billing"."invoices"'],
    ['My Schema', 'a.b', '"My Schema"."a.b"', '"My Schema"."a.b"'],
  ])('%s, %s is shown as %s and written as %s', (schema, table, ...[shown, written]) => {
    const qualified = new QualifiedName(schema, table);
    expect(qualified.toString()).toBe(shown);
    expect(qualified.quoted).toBe(written);
  });

  test('two names are equal when schema and name are', () => {
    const users = new QualifiedName('public', 'users');
    expect(users.equals(new QualifiedName('public', 'users'))).toBe(true);
    expect(users.equals(new QualifiedName('public', 'Users'))).toBe(false);
    expect(users.equals(new QualifiedName('other', 'users'))).toBe(false);
  });

  test('a column name is quoted', () => {
    expect(new ColumnName('createdAt').quoted).toBe('"createdAt"');
  });
});
