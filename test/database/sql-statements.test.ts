import { describe, expect, test } from '@jest/globals';

import { findTransactionControl, splitStatements } from '../../src/database/sql-statements.ts';

describe('transaction control', () => {
  test.each([
    'commit',
    'COMMIT',
    'Commit Work;',
    'begin',
    'begin isolation level serializable',
    'end',
    'end transaction',
    'abort',
    'rollback',
    'rollback work',
    'rollback and chain',
    'commit and chain',
    'start transaction',
    'START  TRANSACTION read only',
    "prepare transaction 'x'",
    "commit prepared 'x'",
    "rollback prepared 'x'",
    '/* a */ commit',
    '-- a\ncommit',
    '/* a /* nested */ still a comment */ commit',
    'co/**/mmit; commit',
    'delete from users; commit; delete from admins',
    ';;;commit',
    "select 'a;b'; commit",
    "select E'it\\'s'; commit",
    "select E'a\\\\'; commit --'",
    'select $$ commit; $$; commit',
    'select $a$ $b$ $a$; commit; select $b$ $b$',
    'select "a;""b"; commit',
    'start/**/transaction',
    'select 1 --;\n;commit',
    'select 1 -- ends with a carriage return\r; commit',
    "select E'goes on'\n  '\\''; commit; select ''",
    'create function f() returns int begin atomic select case when true then 1 end; end; commit',
    'create table abegin (a int); commit',
    "select 'unfinished\\'; commit; select '",
  ])('is found in %p', (script) => {
    expect(findTransactionControl(script)).not.toBeNull();
  });

  test.each([
    '',
    ';',
    'delete from users',
    'rollback to savepoint a',
    'rollback to a',
    'rollback work to savepoint a',
    'rollback transaction to a',
    'savepoint a; release savepoint a; release a',
    'prepare statement as select 1',
    'set transaction read only',
    '-- commit',
    '-- commit\nselect 1',
    '/* commit; */ select 1',
    '/* /* commit; */ commit; */ select 1',
    "select 'commit; commit'",
    "select 'it''s; commit'",
    "select E'it\\'; commit; --'",
    "select e'\\\\\\'; commit; --'",
    "select E'a'\n'\\'; commit; --'",
    'select ";commit;"',
    'select "a"";commit;"',
    'select $$; commit;$$',
    'select $tag$ $$ ; commit; $other$ $tag$',
    'select $ünï$; commit; $ünï$',
    'select 1 as commit',
    'update users set "end" = now()',
    'select a$b$c; select d$b$',
    'select $1; select $2',
    'truncate commit_log',
    'create function f() returns int language sql begin atomic select 1; select 2; end',
    'create or replace procedure p() begin atomic delete from a; delete from b where case when x then y end; end',
    `create function f() returns int begin atomic
       select case when a then case when b then 1 end else 2 end from t;
       select 3;
     end`,
    'do $$ begin commit; end $$',
    'select übung; select "übung"',
    'select 用户 from 表',
  ])('is not found in %p', (script) => {
    expect(findTransactionControl(script)).toBeNull();
  });

  test('is returned as the statement that holds it', () => {
    expect(findTransactionControl('delete from a;\n  /* why */ Commit Work ;select 1')).toEqual({
      text: '/* why */ Commit Work',
      words: ['commit', 'work'],
    });
  });
});

describe('a script', () => {
  function texts(script: string): readonly string[] {
    return splitStatements(script).map(({ text }) => text);
  }

  test('is split where its statements end, and nowhere else', () => {
    expect(
      texts(`
        delete from a where b = ';';
        -- a comment; with a semicolon
        do $body$ begin perform 1; end; $body$;
        insert into "x;y" values (E'\\';');
        select 1`),
    ).toEqual([
      "delete from a where b = ';'",
      '-- a comment; with a semicolon\n        do $body$ begin perform 1; end; $body$',
      `insert into "x;y" values (E'\\';')`,
      'select 1',
    ]);
  });

  test('keeps the body of an SQL function together', () => {
    const definition = `create function f(a int) returns int language sql begin atomic
      select case a when 1 then 2 end;
      select 1;
    end`;
    expect(texts(`${definition}; select f(1)`)).toEqual([definition, 'select f(1)']);
  });

  test('of comments and semicolons has no statement', () => {
    expect(splitStatements(' ; -- a\n ; /* b */ ; ')).toEqual([]);
  });

  test('tells the first four words in lower case, without comments', () => {
    expect(
      splitStatements('Create /* x */ Unique INDEX Concurrently i on t (a)')[0]?.words,
    ).toEqual(['create', 'unique', 'index', 'concurrently']);
  });

  test('whose last comment, string or dollar quote is never closed ends with it', () => {
    expect(texts('select 1; /* open ; commit')).toEqual(['select 1']);
    expect(texts('select 1; select $a$ open ; commit')).toEqual([
      'select 1',
      'select $a$ open ; commit',
    ]);
    expect(texts("select 1; select E'open ; commit")).toEqual([
      'select 1',
      "select E'open ; commit",
    ]);
  });

  test('of some megabytes is read', () => {
    const long = 'x'.repeat(4_000_000);
    expect(splitStatements(`select '${long}'; commit`)).toHaveLength(2);
    expect(
      splitStatements(`select "${long}"; select $$${long}$$; /*${long}*/ commit`),
    ).toHaveLength(3);
    expect(splitStatements(`select E'${long}'; commit`)).toHaveLength(2);
  });
});
