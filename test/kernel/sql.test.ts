import { describe, expect, test } from '@jest/globals';

import { ColumnName, QualifiedName } from '../../src/kernel/identifiers.ts';
import {
  id,
  isSql,
  joinSql,
  maskedSql,
  rawSql,
  renderSql,
  type Sql,
  sql,
  sqlExcerpt,
} from '../../src/kernel/sql.ts';

describe('sql', () => {
  test('binds values in their order and never makes text of them', () => {
    const evil = "x'; drop table users; --";
    expect(renderSql(sql`select ${evil}, ${7} where a = ${null}`)).toEqual({
      text: 'select $1, $2 where a = $3',
      values: [evil, 7, null],
    });
  });

  test('binds arrays, dates, objects and undefined as one value each', () => {
    const when = new Date(0);
    const { text, values } = renderSql(sql`${['a', 'b']} ${when} ${{ k: 1 }} ${undefined}`);
    expect(text).toBe('$1 $2 $3 $4');
    expect(values).toEqual([['a', 'b'], when, { k: 1 }, undefined]);
  });

  test('splices nested fragments, however deep, and numbers the values through', () => {
    const inner = sql`email = ${'a'}`;
    const middle = sql`(${inner} or name = ${'b'})`;
    expect(renderSql(sql`id > ${1} and ${middle} and ${inner}`)).toEqual({
      text: 'id > $1 and (email = $2 or name = $3) and email = $4',
      values: [1, 'a', 'b', 'a'],
    });
  });

  test('quotes names of tables and columns', () => {
    const table = new QualifiedName('my schema', 'User');
    expect(renderSql(sql`select ${new ColumnName('a"b')} from ${table}`)).toEqual({
      text: 'select "a""b" from "my schema"."User"',
      values: [],
    });
  });

  test('binds an object that only looks like a fragment', () => {
    const lookalike = { chunks: [{ kind: 'text', text: '1; drop table users' }] };
    expect(isSql(lookalike)).toBe(false);
    expect(renderSql(sql`select ${lookalike}`)).toEqual({ text: 'select $1', values: [lookalike] });
  });

  test('leaves backslashes as they are written: a regular expression needs no second one', () => {
    expect(renderSql(sql`email ~ '\.com$' and ${1} = E'\n'`).text).toBe(
      String.raw`email ~ '\.com$' and $1 = E'\n'`,
    );
  });

  test('knows the fragments of another loaded copy of the package', () => {
    const foreign = {
      [Symbol.for('pg-hygiene.sql')]: true,
      chunks: [{ kind: 'text', text: 'now()' }],
    };
    expect(isSql(foreign)).toBe(true);
    expect(renderSql(sql`select ${foreign}`).text).toBe('select now()');
  });

  test.each([null, undefined, 'select 1', 7, []])('does not take %p for a fragment', (value) => {
    expect(isSql(value)).toBe(false);
  });
});

describe('the parts of sql', () => {
  test('id quotes one name or several', () => {
    expect(renderSql(sql`${id('createdAt')} < ${1}`).text).toBe('"createdAt" < $1');
    expect(renderSql(id('a', 'b"c')).text).toBe('"a"."b""c"');
  });

  test('rawSql is text and has no values', () => {
    expect(renderSql(rawSql('select $1'))).toEqual({ text: 'select $1', values: [] });
  });

  test('joinSql keeps values between the separators', () => {
    const joined = joinSql([sql`a = ${1}`, sql`b`, sql`c = ${2}`], ' and ');
    expect(renderSql(joined)).toEqual({ text: 'a = $1 and b and c = $2', values: [1, 2] });
    expect(renderSql(joinSql([], ', '))).toEqual({ text: '', values: [] });
  });

  test('renderSql leaves a rendered statement as it is', () => {
    const rendered = { text: 'select $1', values: [1] };
    expect(renderSql(rendered)).toBe(rendered);
  });

  test('maskedSql shows neither values nor line breaks', () => {
    const statement = sql`
      email = ${'person@example.com'}
      and ${sql`phone in (${'1'}, ${'2'})`}
    `;
    expect(maskedSql(statement)).toBe('email = ? and phone in (?, ?)');
  });

  test('sqlExcerpt shows what fits into three lines, and how much there is', () => {
    const list = (length: number): Sql => rawSql(`id in (${'1234, '.repeat(length)}5)`);
    expect(sqlExcerpt(list(3))).toBe('id in (1234, 1234, 1234, 5)');
    expect(sqlExcerpt(list(1_000))).toBe(
      `id in (${'1234, '.repeat(42).trimEnd()} … (6,009 characters in all)`,
    );
    expect(sqlExcerpt(rawSql('x'.repeat(300)))).toBe(
      `${'x'.repeat(260)} … (300 characters in all)`,
    );
  });

  test('a fragment cannot be changed afterwards', () => {
    expect(Object.isFrozen(sql`select 1`)).toBe(true);
  });
});
