import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { introspect } from '../../src/catalog/introspect.ts';
import type { Catalog } from '../../src/catalog/model.ts';
import type { Connection } from '../../src/database/connection.ts';
import { databaseErrorFacts } from '../../src/database/sqlstate.ts';
import { useDatabase } from '../support/database.ts';
import { connectTo } from './connect.ts';

const database = useDatabase();
let connection: Connection;
let catalog: Catalog;

beforeAll(async () => {
  await database.execute(`
    create schema apart;
    create table with_key (id int primary key, v int);
    create table without_key (id int, v int);
    create table unique_only (id int not null unique, v int);
    create table by_index (id int not null, v int);
    create unique index by_index_id on by_index (id);
    alter table by_index replica identity using index by_index_id;
    create table whole (id int, v int);
    alter table whole replica identity full;
    create table nothing (id int primary key, v int);
    alter table nothing replica identity nothing;
    create table lazy (id int primary key deferrable, v int);
    create table lost (id int not null, v int);
    create unique index lost_id on lost (id);
    alter table lost replica identity using index lost_id;
    drop index lost_id;
    create unlogged table passing (id int, v int);
    create table apart.elsewhere (id int, v int);

    create table years (id int, v int) partition by range (v);
    create table year_1 partition of years for values from (1) to (2);
    create table year_2 partition of years for values from (2) to (3);
    alter table year_1 add primary key (id);
    create table months (id int, v int) partition by range (v);
    create table month_1 partition of months for values from (1) to (2);
    alter table months replica identity full;
    create table keyed (id int primary key, v int) partition by range (id);
    create table keyed_1 partition of keyed for values from (0) to (100);
    insert into years values (1, 1), (2, 2);
    insert into months values (1, 1);
    insert into keyed values (1, 1);`);
  connection = await connectTo(database.url);
});

afterAll(() => connection.close());

async function publish(statements: string): Promise<void> {
  await database.execute(
    `drop publication if exists p; drop publication if exists q; ${statements}`,
  );
  catalog = await introspect(connection);
}

/** What PostgreSQL refuses, tried on each table by itself. */
async function refusedByDatabase(): Promise<Readonly<Record<string, readonly string[]>>> {
  const refused: Record<string, readonly string[]> = {};
  for (const { name } of catalog.tables.values()) {
    const update = await refuses(`update ${name.quoted} set v = v`);
    const removal = await refuses(`delete from ${name.quoted}`);
    refused[name.toString()] = [...update, ...removal];
  }
  return refused;
}

async function refuses(statement: string): Promise<readonly string[]> {
  const outcome = await database
    .execute(`begin; ${statement}; rollback`)
    .then(() => null)
    .catch(async (error: unknown) => {
      await database.execute('rollback');
      return databaseErrorFacts(error)?.message ?? String(error);
    });
  if (outcome === null) return [];
  expect(outcome).toContain('does not have a replica identity');
  return [statement.slice(0, 6)];
}

const ALL = 'with_key, without_key, unique_only, by_index, whole, nothing, lazy, lost';

test.each<[string, string, number]>([
  ['nothing', 'select 1', 0],
  ['all tables', 'create publication p for all tables', 10],
  ['some tables', `create publication p for table ${ALL}, apart.elsewhere`, 6],
  ['inserts only', "create publication p for all tables with (publish = 'insert, truncate')", 0],
  ['updates only', "create publication p for all tables with (publish = 'update')", 10],
  [
    'removals by one, changes by another',
    `create publication p for table without_key, nothing with (publish = 'delete');
     create publication q for table without_key, lazy with (publish = 'update')`,
    3,
  ],
  ['a partitioned table', 'create publication p for table years, months, keyed', 4],
  [
    'a partitioned table as one',
    'create publication p for table years, months, keyed with (publish_via_partition_root)',
    4,
  ],
  ['one partition', 'create publication p for table year_1, month_1', 2],
])('where %s is published, what is refused is known', async (_, statements, count) => {
  await publish(statements);
  const known = Object.fromEntries(
    [...catalog.tables.values()].map(({ name, unreplicable }) => [name.toString(), unreplicable]),
  );
  expect(known).toEqual(await refusedByDatabase());
  expect(Object.values(known).filter((changes) => changes.length > 0)).toHaveLength(count);
});
