import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, migration, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { expectRestoreRefused } from './expect-restore.ts';

const ID = '20260101000000_purge';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  await database.execute(`
    create table admins (id int);
    create table users (id int primary key, email text not null unique, age int, note text);
    create table visits (id int primary key, user_id int references users, page text);
    insert into users select n, 'u' || n || '@x.io', n, 'note ' || n from generate_series(1, 20) n;
    insert into visits select n, n, 'page' from generate_series(1, 20) n`);
  bench = new Workbench(database.url).write(
    `${ID}.ts`,
    migration({
      up: `[scrub(rows('users', sql\`id > 15\`), { set: { note: 'gone' } }),
            purge(rows('users', sql\`id <= 5\`), { dependents: { visits: 'nullify' } })]`,
    }),
  );
  evidenceOf(await bench.up());
});

const expectChangeRefused = (
  code: 'HYG_REFUSED_RESTORE_SCHEMA' | 'HYG_REFUSED_RESTORE_PARENT',
  says: readonly string[],
): Promise<unknown> => expectRestoreRefused({ bench, database, id: ID }, { code, exit: 7, says });

describe('a table that has changed since', () => {
  test('gained a column: it gets its default, or NULL', async () => {
    await database.execute(
      "alter table users add plan text not null default 'free', add extra int",
    );
    await bench.restore(ID);
    expect(await countOf(database, "users where id <= 5 and plan = 'free' and extra is null")).toBe(
      5,
    );
  });

  test('gained a column that must be given: refused before anything, by its name', async () => {
    await database.execute(
      'alter table users add tier int; update users set tier = 1; alter table users alter tier set not null',
    );
    await expectChangeRefused('HYG_REFUSED_RESTORE_SCHEMA', [
      'users has gained tier',
      'alter table users alter column tier set default',
    ]);
  });

  test('lost a column: what it held stays in the archive, and that is said', async () => {
    await database.execute('alter table users drop column note');
    const { tables } = await bench.restore(ID);
    expect(await countOf(database, 'users')).toBe(20);
    expect(
      tables
        .filter(({ lost }) => lost.length > 0)
        .map(({ table, kind, lost }) => [table.name.name, kind, lost])
        .sort(),
    ).toEqual([
      ['users', 'mutations', ['note']],
      ['users', 'rows', ['note']],
    ]);
    expect(
      await countOf(
        database,
        `hygiene_archive."20260101000000_g1_s2_users" where note like 'note %'`,
      ),
    ).toBe(5);
  });

  test('has another type now that takes the values: converted, and that is said', async () => {
    await database.execute('alter table users alter age type text, alter note type varchar(30)');
    const { tables } = await bench.restore(ID);
    expect(
      await countOf(database, "users where id <= 5 and age = id::text and note = 'note ' || id"),
    ).toBe(5);
    expect(await countOf(database, "users where id > 15 and note = 'note ' || id")).toBe(5);
    const converted = tables.map(({ table, kind, converted: names }) => [
      table.name.name,
      kind,
      names,
    ]);
    expect(converted).toContainEqual(['users', 'rows', ['age', 'note']]);
  });

  test('has another type now that does not take them: refused, with both types', async () => {
    await database.execute("alter table users alter age type date using date '2000-01-01' + age");
    await expectChangeRefused('HYG_REFUSED_RESTORE_SCHEMA', ['users.age: integer → date']);
  });

  test('has a shorter type now: refused without the value', async () => {
    await database.execute(
      "update users set note = 'x'; alter table users alter note type varchar(3)",
    );
    const error = await bench.restoreError(ID);
    expect(error.code).toBe('HYG_REFUSED_RESTORE_SCHEMA');
    expect(error.message).toContain('users.note: text → character varying(3)');
    expect(error.message).not.toContain('note 1');
  });

  test('was renamed: refused, with what to do', async () => {
    await database.execute('alter table users rename to people');
    await expectChangeRefused('HYG_REFUSED_RESTORE_SCHEMA', [
      'There is no table users any more',
      'Rename it back',
    ]);
  });

  test('got a rule that refuses what was archived: refused, with its name', async () => {
    await database.execute('alter table users add constraint no_demo check (id > 5)');
    await expectChangeRefused('HYG_REFUSED_RESTORE_SCHEMA', ['no_demo', 'users']);
  });

  test('lost what archived rows reference: told with constraint, tables and count', async () => {
    await database.execute(`
      create table plans (id int primary key);
      insert into plans values (1), (2);
      create table seats (id int primary key, plan int references plans, gone boolean);
      insert into seats select n, 1 + n % 2, n <= 6 from generate_series(1, 10) n`);
    const second = '20260102000000_seats';
    bench.write(`${second}.ts`, migration({ up: "purge(rows('seats', sql`gone`))" }));
    evidenceOf(await bench.up());
    await database.execute('delete from seats where plan = 2; delete from plans where id = 2');
    await expectRestoreRefused(
      { bench, database, id: second },
      {
        code: 'HYG_REFUSED_RESTORE_PARENT',
        exit: 7,
        says: ['3 rows of seats', 'rows of plans that are gone', 'seats_plan_fkey'],
      },
    );
  });

  test('has foreign keys in another direction now: the order is that of today', async () => {
    await database.execute(`
      alter table visits drop constraint visits_user_id_fkey;
      create table log (id int primary key, visit int);
      insert into log select n, n from generate_series(1, 5) n`);
    const second = '20260102000000_both';
    bench.write(
      `${second}.ts`,
      migration({ up: "[purge(rows('log', sql`true`)), purge(rows('visits', sql`id <= 5`))]" }),
    );
    evidenceOf(await bench.up());
    await database.execute('alter table log add foreign key (visit) references visits');
    const before = await countOf(database, 'visits');
    await bench.restore(second);
    expect(await countOf(database, 'visits')).toBe(before + 5);
    expect(await events(database)).toContain('restored');
    expect(Object.keys(await contents(database))).toContain('public.log');
  });
});
