import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { databaseErrorFacts } from '../../src/database/sqlstate.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { eventError } from '../../src/runner/events.ts';
import { databases, type OpenedDatabase } from './both-databases.ts';
import { thrownBy } from '../app/thrown-by.ts';

const kinds = ['postgres', 'embedded'] as const;

describe.each(kinds)('a connection (%s)', (kind) => {
  let opened: OpenedDatabase;
  let connection: Connection;

  beforeAll(async () => {
    opened = await databases[kind]();
    ({ connection } = opened);
    await connection.script(`
      create table people (
        id int primary key, email text constraint people_email_key unique, age int check (age > 0), facts jsonb
      );
      create table pets (id int primary key, person int references people);
      insert into people (id, email) values (1, 'one@example.com'), (2, 'two@example.com'), (3, 'three@example.com');
    `);
  });

  afterEach(async () => {
    if (!connection.isLost()) await connection.query(rawSql('rollback'));
  });

  afterAll(async () => {
    await opened.dispose();
  });

  async function one(statement: Parameters<Connection['query']>[0]): Promise<unknown> {
    const { rows } = await connection.query(statement);
    return Object.values(rows[0] ?? {})[0];
  }

  test('says its kind', () => {
    expect(connection.kind).toBe(kind);
    expect(connection.isLost()).toBe(false);
  });

  describe('gives', () => {
    test.each([
      ['0', 0],
      ['-5', -5],
      ['9007199254740991', 9_007_199_254_740_991],
      ['-9007199254740991', -9_007_199_254_740_991],
      ['9007199254740992', '9007199254740992'],
      ['9223372036854775807', '9223372036854775807'],
      ['-9223372036854775808', '-9223372036854775808'],
    ])('int8 %s as %p: a number where it is safe, else text', async (text, value) => {
      expect(await one(sql`select ${text}::int8 as value`)).toBe(value);
    });

    test('a count as a number', async () => {
      expect(await one(sql`select count(*) from people`)).toBe(3);
    });

    test.each([
      ['null', 'null::int', null],
      ['int4', '7', 7],
      ['float8', '0.5::float8', 0.5],
      ['numeric', '1.50::numeric', '1.50'],
      ['text', "'a'::text", 'a'],
      ['bool', 'true', true],
      ['jsonb', `'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
      ['text[]', `'{a,"b,c",NULL}'::text[]`, ['a', 'b,c', null]],
      ['int4[]', `'{1,2}'::int[]`, [1, 2]],
      [
        'uuid',
        `'6f1c3a52-8a5e-4e0c-9f0e-0d6a8a3f6d11'::uuid`,
        '6f1c3a52-8a5e-4e0c-9f0e-0d6a8a3f6d11',
      ],
      [
        'timestamptz',
        "'2026-01-02 03:04:05.678+00'::timestamptz",
        new Date('2026-01-02T03:04:05.678Z'),
      ],
      ['regclass', "'people'::regclass::text", 'people'],
    ])('%s alike', async (_type, expression, value) => {
      expect(await one(rawSql(`select ${expression} as value`))).toEqual(value);
    });
  });

  describe('takes', () => {
    test.each<[string, unknown, string, unknown]>([
      ['null', null, 'text', null],
      ['text with quotes', `it's "so" \\`, 'text', `it's "so" \\`],
      ['a number', 1.5, 'float8', 1.5],
      ['a number for int8', 5_000_000_000, 'int8', 5_000_000_000],
      ['a boolean', false, 'bool', false],
      [
        'a date',
        new Date('2026-01-02T03:04:05.678Z'),
        'timestamptz',
        new Date('2026-01-02T03:04:05.678Z'),
      ],
      ['an array of texts', ['a', 'b,c', '{"', ''], 'text[]', ['a', 'b,c', '{"', '']],
      ['an empty array', [], 'text[]', []],
      ['an array of numbers', [3, 1], 'int[]', [3, 1]],
      ['an object', { a: [1, 'x'] }, 'jsonb', { a: [1, 'x'] }],
    ])('%s as a bound value', async (_what, value, ...[type, expected]) => {
      expect(await one(sql`select ${value}::${rawSql(type)} as value`)).toEqual(expected);
    });

    test('an array to look in', async () => {
      const { rows } = await connection.query(
        sql`select id from people where id = any(${[3, 1]}) order by id`,
      );
      expect(rows).toEqual([{ id: 1 }, { id: 3 }]);
    });

    test('JSON as text, as the ledger sends it', async () => {
      expect(
        await one(sql`select (${JSON.stringify({ a: 'ü' })}::text::jsonb) ->> 'a' as value`),
      ).toBe('ü');
    });
  });

  describe('counts', () => {
    test.each([
      ['select', 'select id from people where id < 3', 2],
      ['select of nothing', 'select id from people where false', 0],
      ['insert', 'insert into people (id) values (10), (11)', 2],
      ['insert … select', 'insert into people (id) select id + 100 from people', 3],
      ['insert … returning', 'insert into people (id) values (12) returning id', 1],
      [
        'insert … on conflict do nothing',
        'insert into people (id) values (1), (13) on conflict do nothing',
        1,
      ],
      ['update', 'update people set age = 5 where id < 3', 2],
      ['update of nothing', 'update people set age = 5 where false', 0],
      ['delete', 'delete from people', 3],
      ['delete … returning', 'delete from people where id = 1 returning email', 1],
      [
        'with … delete',
        'with gone as (delete from people where id < 3 returning id) insert into people (id) select id + 50 from gone',
        2,
      ],
      [
        'merge',
        'merge into people using (values (1), (20)) v (id) on people.id = v.id when matched then delete when not matched then insert (id) values (v.id)',
        2,
      ],
      ['create table', 'create table t (a int)', 0],
      ['create table as', 'create table t as select id from people', 3],
      [
        'create temp table as … on commit drop',
        'create temp table t on commit drop as select id from people',
        3,
      ],
    ])('the rows of %s', async (_what, statement, rowCount) => {
      await connection.query(rawSql('begin'));
      expect((await connection.query(rawSql(statement))).rowCount).toBe(rowCount);
    });

    test('the rows of statements with bound values', async () => {
      await connection.query(rawSql('begin'));
      expect(
        (await connection.query(sql`update people set age = ${7} where id = ${1}`)).rowCount,
      ).toBe(1);
      expect(
        (await connection.query(sql`delete from people where id = any(${[1, 2]})`)).rowCount,
      ).toBe(2);
    });
  });

  describe('runs a script', () => {
    test('and gives the results in their order', async () => {
      const results = await connection.script(`
        begin;
        insert into people (id) values (30), (31);
        select id from people where id >= 30 order by id;
        delete from people where id = 30;
        select count(*) as left from people where id >= 30;
      `);
      expect(results.map(({ rowCount }) => rowCount)).toEqual([0, 2, 2, 1, 1]);
      expect(results[2]?.rows).toEqual([{ id: 30 }, { id: 31 }]);
      expect(results[4]?.rows).toEqual([{ left: 1 }]);
    });

    test('of one statement, of dollar quotes and of comments', async () => {
      expect((await connection.script('select 1 as one')).map(({ rows }) => rows)).toEqual([
        [{ one: 1 }],
      ]);
      const results = await connection.script(
        "do $$ begin perform ';'; end $$; -- a; b\nselect 2 as two",
      );
      expect(results.at(-1)?.rows).toEqual([{ two: 2 }]);
    });

    test('that stops at the first error, with nothing of it kept', async () => {
      const error = await thrownBy(
        connection.script(
          'insert into people (id) values (40); select 1/0; insert into people (id) values (41)',
        ),
      );
      expect(databaseErrorFacts(error)?.sqlstate).toBe('22012');
      expect(await one(sql`select count(*) from people where id >= 40`)).toBe(0);
    });
  });

  describe('knows its transaction', () => {
    test('idle, open, failed, and idle again', async () => {
      expect(await connection.transactionStatus()).toBe('idle');
      await connection.query(rawSql('begin'));
      expect(await connection.transactionStatus()).toBe('open');
      await thrownBy(connection.query(rawSql('select 1/0')));
      expect(await connection.transactionStatus()).toBe('failed');
      await connection.query(rawSql('rollback'));
      expect(await connection.transactionStatus()).toBe('idle');
    });

    test('and refuses everything in a failed one', async () => {
      await connection.query(rawSql('begin'));
      await thrownBy(connection.query(rawSql('select 1/0')));
      const error = await thrownBy(connection.query(sql`select 1`));
      expect(databaseErrorFacts(error)?.sqlstate).toBe('25P02');
    });

    test('and goes back to a savepoint', async () => {
      await connection.script('begin; delete from people where id = 1; savepoint here');
      await thrownBy(connection.query(rawSql('select * from no_such_table')));
      await connection.query(rawSql('rollback to savepoint here'));
      expect(await connection.transactionStatus()).toBe('open');
      expect(await one(sql`select count(*) from people`)).toBe(2);
    });

    test('and refuses to write where it is read-only from a savepoint on, and writes again after it', async () => {
      await connection.script('begin; savepoint looks; set transaction read only');
      const error = await thrownBy(connection.query(rawSql('delete from people')));
      expect(databaseErrorFacts(error)?.sqlstate).toBe('25006');
      await connection.script('rollback to savepoint looks; release savepoint looks');
      expect((await connection.query(rawSql('delete from people'))).rowCount).toBe(3);
    });

    test('and cannot make a read-only part of it wider from inside', async () => {
      await connection.script(
        'begin; savepoint looks; set transaction read only; savepoint deeper',
      );
      await thrownBy(connection.query(rawSql('set transaction read write')));
      await connection.query(rawSql('rollback to savepoint deeper'));
      await thrownBy(connection.query(rawSql('delete from people')));
      expect(await connection.transactionStatus()).toBe('failed');
    });

    test('and drops its temporary tables with it', async () => {
      await connection.script(
        'begin; create temp table work (id int) on commit drop; insert into work values (1)',
      );
      expect(await one(sql`select count(*) from pg_temp.work`)).toBe(1);
      await connection.query(rawSql('commit'));
      const error = await thrownBy(connection.query(rawSql('select * from pg_temp.work')));
      expect(databaseErrorFacts(error)?.sqlstate).toBe('42P01');
    });

    test('and forgets local settings with it', async () => {
      await connection.query(rawSql('begin'));
      await connection.query(sql`select set_config('lock_timeout', ${'7s'}, true)`);
      expect(await one(sql`select current_setting('lock_timeout')`)).toBe('7s');
      await connection.query(rawSql('commit'));
      expect(await one(sql`select current_setting('lock_timeout')`)).not.toBe('7s');
    });
  });

  describe('tells an error', () => {
    test('by SQLSTATE, table and constraint, and what is kept of it has no row values', async () => {
      const error = await thrownBy(
        connection.query(sql`insert into people (id, email) values (${50}, ${'one@example.com'})`),
      );
      expect(databaseErrorFacts(error)).toMatchObject({
        sqlstate: '23505',
        schema: 'public',
        table: 'people',
        constraint: 'people_email_key',
        column: null,
      });
      expect(JSON.stringify(eventError(error))).not.toContain('one@example.com');
      expect(JSON.stringify(databaseErrorFacts(error))).not.toContain('one@example.com');
    });

    test.each([
      [
        'a foreign key',
        'insert into pets values (1, 99)',
        { sqlstate: '23503', table: 'pets', constraint: 'pets_person_fkey' },
      ],
      [
        'a check',
        'update people set age = -1',
        { sqlstate: '23514', table: 'people', constraint: 'people_age_check' },
      ],
      [
        'NOT NULL',
        'insert into people (email) values (null)',
        { sqlstate: '23502', table: 'people', column: 'id' },
      ],
      ['an unknown column', 'select nothing from people', { sqlstate: '42703', position: 8 }],
      ['a syntax error', 'select from where', { sqlstate: '42601', position: 13 }],
      [
        'an error of a function',
        "do $$ begin raise exception 'no' using errcode = 'HY123', hint = 'so'; end $$",
        { sqlstate: 'HY123', message: 'no', hint: 'so' },
      ],
    ])('of %s', async (_what, statement, facts) => {
      const error = await thrownBy(connection.query(rawSql(statement)));
      expect(databaseErrorFacts(error)).toMatchObject(facts);
    });

    test('that comes only with the COMMIT', async () => {
      await connection.script(`
        create table nodes (id int primary key, parent int references nodes deferrable initially deferred);
        begin;
        insert into nodes values (1, 2);
      `);
      const error = await thrownBy(connection.query(rawSql('commit')));
      expect(databaseErrorFacts(error)).toMatchObject({ sqlstate: '23503', table: 'nodes' });
      expect(await connection.transactionStatus()).toBe('idle');
    });
  });

  // The last one, since making one more embedded database takes long.
  test('closes, once or twice, and is lost then', async () => {
    await connection.close();
    await connection.close();
    expect(connection.isLost()).toBe(true);
    await expect(connection.query(sql`select 1`)).rejects.toThrow();
  });
});

/** What the embedded database cannot do. Each is tested on a server, in test/database. */
const cannotDoEmbedded = {
  'cancel a running statement': 'it runs in our own thread: no request can reach it',
  'open a second connection': 'one process and one session use its directory',
  'end a statement after a time-out':
    'its clock has no interrupts: statement_timeout is taken and not obeyed',
  'wait for a lock': 'with one session there is nobody to wait for',
};

describe('the embedded database cannot', () => {
  for (const [what, why] of Object.entries(cannotDoEmbedded)) {
    // eslint-disable-next-line jest/no-disabled-tests, jest/expect-expect -- the title is the message
    test.skip(`${what}: ${why}`, () => undefined);
  }
});
