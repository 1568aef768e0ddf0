import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { introspect } from '../../src/catalog/introspect.ts';
import { type PlainIndex, readPlainIndexes } from '../../src/catalog/plain-indexes.ts';
import type { Connection } from '../../src/database/connection.ts';
import { rawSql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';
import { connectTo } from './connect.ts';

const database = useDatabase();
let connection: Connection;

beforeAll(async () => {
  await database.execute(`
    create schema "Apart";
    create table things (id int primary key, a int, b text, tags int[], during int4range,
      exclude using gist (during with &&), constraint pair unique nulls not distinct (a, b)
        include (id) with (fillfactor = 80) deferrable initially deferred);
    create table "Apart"."Others" (a int);
    create table parts (a int) partition by range (a);
    create table parts_1 partition of parts for values from (1) to (2);

    create index plain on things (a);
    create index rich on things (a desc nulls last, b collate "C" text_pattern_ops) include (id) with (fillfactor = 70);
    create index gin on things using gin (tags) with (fastupdate = off);
    create index "Quoted ""name""" on "Apart"."Others" (a);

    create unique index alone on things (a, b);
    create table is_referenced (id int primary key, code int unique);
    create table refers (a int references is_referenced (code), id int references is_referenced);
    create table is_grouped_by (id int constraint is_grouped primary key, a int);
    create view grouped as select id, a from is_grouped_by group by id;
    create table noted (id int constraint is_noted primary key);
    comment on constraint is_noted on noted is 'for the report';
    create table identified (id int not null, constraint is_identity unique (id));
    alter table identified replica identity using index is_identity;
    create index is_expression on things (lower(b));
    create index is_partial on things (a) where a > 0;
    create index is_commented on things (a);
    comment on index is_commented is 'kept for the report';
    create index is_clustered on things (a);
    alter table things cluster on is_clustered;
    create index is_of_extension on things (a);
    alter index is_of_extension depends on extension plpgsql;
    create index on parts (a);
    create index own_of_partition on parts_1 (a);`);
  connection = await connectTo(database.url);
});

afterAll(() => connection.close());

async function plainIndexes(): Promise<readonly PlainIndex[]> {
  const { tables } = await introspect(connection);
  return readPlainIndexes(connection, [...tables.keys()]);
}

test('an index is plain where nothing hangs on it but its definition', async () => {
  const found = await plainIndexes();
  const alone = found.filter(({ constraint }) => constraint === null);
  expect(alone.map(({ name, definition }) => [name.quoted, definition])).toEqual([
    [
      '"Apart"."Quoted ""name"""',
      'CREATE INDEX "Quoted ""name""" ON "Apart"."Others" USING btree (a)',
    ],
    ['"public"."alone"', 'CREATE UNIQUE INDEX alone ON public.things USING btree (a, b)'],
    ['"public"."gin"', 'CREATE INDEX gin ON public.things USING gin (tags) WITH (fastupdate=off)'],
    ['"public"."own_of_partition"', expect.any(String)],
    ['"public"."plain"', 'CREATE INDEX plain ON public.things USING btree (a)'],
    [
      '"public"."rich"',
      'CREATE INDEX rich ON public.things USING btree (a DESC NULLS LAST, b COLLATE "C" text_pattern_ops) INCLUDE (id) WITH (fillfactor=\'70\')',
    ],
  ]);
});

test('and that of a constraint, where nothing hangs on the constraint either', async () => {
  const found = await plainIndexes();
  const constraints = found.filter(({ constraint }) => constraint !== null);
  expect(
    constraints.map(({ name, definition, constraint }) => [name.quoted, definition, constraint]),
  ).toEqual([
    [
      '"public"."pair"',
      "CREATE UNIQUE INDEX pair ON public.things USING btree (a, b) INCLUDE (id) NULLS NOT DISTINCT WITH (fillfactor='80')",
      { kind: 'unique', timing: 'deferrable initially deferred' },
    ],
    ['"public"."things_pkey"', expect.any(String), { kind: 'primary key', timing: '' }],
  ]);
});

test('made anew from its definition it is found again as it was', async () => {
  const before = await plainIndexes();
  await connection.query(rawSql('begin'));
  for (const { name, definition } of before.filter(({ constraint }) => constraint === null)) {
    await connection.query(rawSql(`drop index ${name.quoted}; ${definition}`));
  }
  expect(await plainIndexes()).toEqual(before);
  await connection.query(rawSql('rollback'));
});

test('where new indexes would go to another tablespace, or may not be made, none is plain', async () => {
  await connection.query(rawSql("set default_tablespace = 'pg_default'"));
  expect(await plainIndexes()).toEqual([]);
  await connection.query(rawSql('reset default_tablespace'));
  await database.execute('create role maker; grant usage on schema "Apart" to maker');
  await connection.query(rawSql('set role maker'));
  expect((await plainIndexes()).filter(({ name }) => name.schema === 'Apart')).toEqual([]);
  await connection.query(rawSql('reset role'));
  await database.execute('drop owned by maker; drop role maker');
});
