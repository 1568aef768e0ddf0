import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, events } from '../engine/witness.ts';
import { evidenceOf, migration, Workbench } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  bench = new Workbench(database.url);
  await database.execute('create table admins (id int)');
});

async function apply(up: string): Promise<void> {
  bench.write(`${ID}.ts`, migration({ up }));
  evidenceOf(await bench.up());
}

async function expectThereAndBack(up: string): Promise<void> {
  const before = await contents(database);
  await apply(up);
  expect(await contents(database)).not.toEqual(before);
  await bench.restore(ID);
  expect(await contents(database)).toEqual(before);
  expect(await events(database)).toEqual(['started', 'applied', 'restored']);
}

function archives(): Promise<readonly Record<string, unknown>[]> {
  return database.query(
    `select source_table, kind, stage, rows::int, archive_table from hygiene.archives
      order by stage, source_table, kind`,
  );
}

describe('steps go back in the reverse of their order', () => {
  test('a row that was purged, and referenced a value that was scrubbed and then purged too', async () => {
    await database.execute(`
      create table parts (code text primary key, parent text references parts, kind text);
      insert into parts values ('a', null, 'old'), ('b', 'a', 'demo'), ('c', null, 'kept')`);
    await expectThereAndBack(`[
      purge(rows('parts', sql\`kind = 'demo'\`)),
      scrub(rows('parts', sql\`kind = 'old'\`), { set: { code: sql\`'x' || code\` } }),
      purge(rows('parts', sql\`code = 'xa'\`)),
    ]`);
    expect(await archives()).toEqual(
      [
        ...[{ source_table: 'parts', kind: 'rows', stage: 1, rows: 1 }],
        ...[{ source_table: 'parts', kind: 'mutations', stage: 2, rows: 1 }],
        ...[{ source_table: 'parts', kind: 'rows', stage: 3, rows: 1 }],
      ].map((each) => expect.objectContaining(each)),
    );
  });

  test('a unique value that a purge has freed and a scrub has given to another row', async () => {
    await database.execute(`
      create table people (id int primary key, email text not null unique);
      insert into people values (1, 'info@acme.com'), (2, 'Info@Acme.com '), (3, 'x@acme.com')`);
    await expectThereAndBack(`[
      purge(rows('people', sql\`id = 1\`)),
      scrub(rows('people', sql\`id = 2\`), { set: { email: sql\`lower(trim(email))\` } }),
    ]`);
  });

  test('a key that was renamed, and a reference that was moved to its new name', async () => {
    await database.execute(`
      create table groups (code text primary key);
      create table members (id int primary key, code text not null references groups);
      insert into groups values ('a'), ('b');
      insert into members select n, 'b' from generate_series(1, 4) n`);
    await expectThereAndBack(`[
      scrub(rows('groups', sql\`code = 'a'\`), { set: { code: 'z' } }),
      scrub(rows('members', sql\`id > 2\`), { set: { code: 'z' } }),
    ]`);
  });

  test('two values that a scrub of one table and one of another have passed on', async () => {
    await database.execute(`
      create table seats (id int primary key, holder text unique);
      create table log (id int primary key, seat int references seats, note text);
      insert into seats values (1, 'ann'), (2, 'bob'), (3, null);
      insert into log values (1, 1, 'a'), (2, 2, 'b')`);
    await expectThereAndBack(`[
      scrub(rows('seats', sql\`id = 1\`), { set: { holder: null } }),
      scrub(rows('log', sql\`id = 1\`), { set: { note: 'gone' } }),
      scrub(rows('seats', sql\`id = 2\`), { set: { holder: 'ann' } }),
      purge(rows('seats', sql\`id = 2\`), { dependents: 'all' }),
    ]`);
  });
});

describe('within a stage, foreign keys give the order', () => {
  test('a reference that is referenced itself goes back between what it leads to and what leads to it', async () => {
    await database.execute(`
      create table owners (id int primary key);
      create table shops (owner int primary key default 9 references owners on delete set default, name text);
      create table goods (id int primary key, owner int references owners on delete cascade,
                          shop int references shops on delete cascade);
      insert into owners values (1), (2), (9);
      insert into shops values (1, 'one'), (2, 'two');
      insert into goods values (1, 1, 1), (2, 2, 2)`);
    await expectThereAndBack(`[
      purge(rows('goods', sql\`shop = 1\`)),
      purge(rows('owners', sql\`id = 1\`), { dependents: 'all' }),
    ]`);
    expect(await archives()).toEqual([
      expect.objectContaining({ source_table: 'goods', kind: 'rows', stage: 1 }),
      expect.objectContaining({ source_table: 'owners', kind: 'rows', stage: 1 }),
      expect.objectContaining({ source_table: 'shops', kind: 'mutations', stage: 1 }),
    ]);
  });
});

describe('archives of stages', () => {
  const UP = `[
    purge(rows('users', sql\`id <= 2\`)),
    scrub(rows('users', sql\`id = 3\`), { set: { email: 'u1@x.io' } }),
    purge(rows('users', sql\`id = 4\`)),
  ]`;

  beforeEach(async () => {
    await database.execute(`
      create table users (id int primary key, email text not null unique);
      create table s3_users (id int primary key);
      insert into users select n, 'u' || n || '@x.io' from generate_series(1, 6) n`);
    await apply(UP);
  });

  test('have the stage in their names from the second on, and go with the others', async () => {
    expect(await archives()).toEqual([
      expect.objectContaining({ archive_table: '20260101000000_g1_users' }),
      expect.objectContaining({ archive_table: '20260101000000_g1_s2_users_mutations' }),
      expect.objectContaining({ archive_table: '20260101000000_g1_s3_users' }),
    ]);
  });

  test('are listed, exported and pruned, each by its own', async () => {
    const cli = (line: string): Promise<CliRun> =>
      runCli(line.split(' '), { cwd: bench.directory, variables: { DATABASE_URL: database.url } });
    expect((await cli('archive list')).stdout.match(/users .*?(?=  +\d)/g)).toEqual([
      'users  rows',
      'users  rows, stage 3',
      'users  mutations, stage 2',
    ]);
    const exported = (await cli(`archive export ${ID} --to out --json`)).json();
    expect(exported['files']).toEqual([
      expect.objectContaining({ kind: 'rows', stage: 1, rows: 2 }),
      expect.objectContaining({ kind: 'rows', stage: 3, rows: 1 }),
      expect.objectContaining({ kind: 'mutations', stage: 2, rows: 1 }),
    ]);
    await database.execute("update hygiene.archives set created_at = now() - interval '1 year'");
    expect((await cli('archive prune')).stdout).toContain('3 archive tables with 4 rows dropped');
    expect(await archives()).toEqual([]);
  });

  test('are one line each in what a restore says', async () => {
    const { tables } = await bench.restore(ID, { dryRun: true });
    expect(
      tables.map(({ table, kind, archived, restored }) => [
        ...[table.name.toString(), kind, archived, restored],
      ]),
    ).toEqual([
      ['users', 'rows', 3, 3],
      ['users', 'mutations', 1, 1],
    ]);
  });

  test('with what stays: a row is in the way only if it is when its turn comes', async () => {
    await database.execute("insert into users values (4, 'new4@x.io'), (2, 'new2@x.io')");
    const { tables } = await bench.restore(ID, { skipExisting: true });
    expect(
      tables.map(({ kind, restored, skipped, skippedKeys }) => [
        ...[kind, restored, skipped, skippedKeys],
      ]),
    ).toEqual([
      ['rows', 1, 2, ['4', '2']],
      ['mutations', 1, 0, []],
    ]);
    expect(await database.query('select * from users order by id')).toEqual([
      { id: 1, email: 'u1@x.io' },
      { id: 2, email: 'new2@x.io' },
      { id: 3, email: 'u3@x.io' },
      { id: 4, email: 'new4@x.io' },
      { id: 5, email: 'u5@x.io' },
      { id: 6, email: 'u6@x.io' },
    ]);
  });
});

test('what stays of a later stage is not referenced by an earlier one', async () => {
  await database.execute(`
    create table users (id int primary key, email text unique);
    create table notes (id int primary key, user_id int references users, word text);
    insert into users select n, 'u' || n from generate_series(1, 4) n;
    insert into notes select n, n, 'w' from generate_series(1, 4) n`);
  await apply(`[
    purge(rows('notes', sql\`id <= 2\`)),
    scrub(rows('notes', sql\`id = 3\`), { set: { word: 'gone' } }),
    purge(rows('users', sql\`id <= 2\`)),
  ]`);
  await database.execute("insert into users values (77, 'u2')");
  const { tables } = await bench.restore(ID, { skipExisting: true });
  expect(
    tables.map(({ table, restored, skippedKeys }) => [table.name.name, restored, skippedKeys]),
  ).toEqual([
    ['users', 1, ['2']],
    ['notes', 1, []],
    ['notes', 1, ['2']],
  ]);
});
