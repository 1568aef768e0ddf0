import { describe, expect, test } from '@jest/globals';

import { contents, countOf, events } from '../engine/witness.ts';
import { installOperation } from '../../src/app/operations/install.ts';
import { gatedConfig, Others } from '../batched/others.ts';
import { evidenceOf, migration, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge';

/**
 * Applies one purge to copies: in one transaction, in batches alone, and in batches beside others. All must
 * end the same, and a restore must bring back the start.
 */
async function expectSameAsSingle(
  schema: string,
  up: string,
  { verify }: { readonly verify: string },
): Promise<{ readonly batches: number }> {
  const [single, batched, beside] = [
    await freshDatabase(),
    await freshDatabase(),
    await freshDatabase(),
  ];
  for (const database of [single, batched, beside]) await database.execute(schema);
  const start = await contents(batched);
  const text = (more: string): string => migration({ up, verify, more });
  evidenceOf(await new Workbench(single.url).write(`${ID}.ts`, text('')).up());
  const inBatches = (database: TestDatabase): Workbench =>
    new Workbench(database.url).write(`${ID}.ts`, text("transaction: 'batched',"));
  const alone = inBatches(batched);
  const evidence = evidenceOf(await alone.up({ batches: { firstSize: 7, targetMs: 1 } }));
  // Large enough that a batch is several statements.
  const besideOthers = inBatches(beside).write('config.ts', gatedConfig);
  await installOperation(besideOthers.world(), { ...besideOthers.options(), mark: null });
  const others = await Others.atWork(beside);
  evidenceOf(
    await others.beside(besideOthers.up({ batches: { firstSize: 90, targetMs: 60_000 } })),
  );
  for (const [database, bench] of [
    [batched, alone],
    [beside, besideOthers],
  ] as const) {
    expect(await contents(database)).toEqual(await contents(single));
    expect(await archives(database)).toEqual(await archives(single));
    expect(await events(database)).toEqual(['started', 'applied']);
    await bench.restore(ID);
    expect(await contents(database)).toEqual(start);
  }
  return { batches: evidence.batches?.batches ?? 0 };
}

/** A row that stays may be changed in several batches; each change is kept. */
async function archives(database: TestDatabase): Promise<readonly object[]> {
  return database.query(`
    select source_table, kind, case when kind = 'rows' then rows::int end as rows, changed_columns
      from hygiene.archives order by 1, 2`);
}

/** How often the table was read from end to end. */
async function scansOf(database: TestDatabase, table: string): Promise<number> {
  await database.execute('select pg_stat_force_next_flush()');
  const [row] = await database.query<{ n: number }>(
    'select seq_scan::int as n from pg_stat_user_tables where relname = $1',
    [table],
  );
  return row?.n ?? 0;
}

describe('batches leave what one transaction leaves', () => {
  test('with a composite key', async () => {
    const { batches } = await expectSameAsSingle(
      `create table seats (tenant int, n int, demo boolean not null, primary key (tenant, n));
       create table bookings (id int primary key, tenant int, n int, foreign key (tenant, n) references seats);
       insert into seats select t, n, n % 3 <> 0 from generate_series(1, 5) t, generate_series(1, 60) n;
       insert into bookings select row_number() over (), tenant, n from seats where n % 2 = 0;
       create index on bookings (tenant, n);`,
      "purge(rows('seats', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('seats', sql`demo`));" },
    );
    expect(batches).toBeGreaterThan(2);
  });

  test('with a table that is referenced by another column than its key', async () => {
    await expectSameAsSingle(
      `create table users (id int primary key, email text unique, demo boolean not null);
       create table posts (id int primary key, author text references users (email) on update cascade);
       insert into users select n, 'u' || n, n % 5 <> 0 from generate_series(1, 200) n;
       insert into posts select n, 'u' || n from generate_series(1, 200) n;
       create index on posts (author);`,
      "purge(rows('users', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('users', sql`demo`));" },
    );
  });

  test('with a foreign key of periods', async () => {
    await expectSameAsSingle(
      `create table stalls (id int primary key, place int4range, during daterange, demo boolean not null,
         unique (place, during without overlaps));
       create table leases (id int primary key, place int4range, during daterange,
         foreign key (place, period during) references stalls (place, period during));
       insert into stalls select n, int4range(n, n + 1), daterange('2026-01-01', '2026-02-01'), n % 2 = 0 from generate_series(1, 100) n;
       insert into stalls select 100 + n, int4range(n, n + 1), daterange('2026-02-01', '2026-03-01'), n % 3 = 0 from generate_series(1, 100) n;
       insert into leases select n, int4range(n, n + 1), daterange('2026-01-20', '2026-02-10') from generate_series(1, 100) n;
       create index on leases using gist (place, during);`,
      "purge(rows('stalls', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('stalls', sql`demo`));" },
    );
  });

  test('without a key', async () => {
    const { batches } = await expectSameAsSingle(
      `create table lines (what text);
       insert into lines select case when n % 4 = 0 then 'real' else 'demo' end from generate_series(1, 400) n;`,
      "purge(rows('lines', sql`what = 'demo'`))",
      { verify: "await expect.none(rows('lines', sql`what = 'demo'`));" },
    );
    expect(batches).toBeGreaterThan(2);
  });

  test('in a circle, and with rows of the table that go with others', async () => {
    await expectSameAsSingle(
      `create table teams (id int primary key, lead int, demo boolean not null);
       create table people (id int primary key, team int not null references teams, boss int references people);
       alter table teams add foreign key (lead) references people;
       insert into teams select n, null, n % 3 = 0 from generate_series(1, 90) n;
       insert into people select n, n, case when n > 45 then n - 45 end from generate_series(1, 90) n;
       update teams set lead = id;
       create index on people (team); create index on people (boss); create index on teams (lead);`,
      "purge(rows('teams', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('teams', sql`demo`));" },
    );
  });

  test('but refuse rows that reference each other by a key that is not named, before the first', async () => {
    const database = await freshDatabase();
    await database.execute(`
      create table nodes (id int primary key, above int references nodes, demo boolean not null);
      insert into nodes select n, nullif(n / 2, 0), true from generate_series(1, 50) n;
      create index on nodes (above);`);
    const start = await contents(database);
    const text = (up: string): string =>
      migration({
        up,
        verify: "await expect.none(rows('nodes', sql`demo`));",
        more: "transaction: 'batched',",
      });
    const bench = new Workbench(database.url).write(
      `${ID}.ts`,
      text("purge(rows('nodes', sql`demo`))"),
    );
    const [planned] = (await bench.plan()).migrations;
    const { error } = await bench.up({ batches: { firstSize: 7, targetMs: 1 } });
    expect(error?.code).toBe('HYG_REFUSED_DEPENDENTS');
    expect(planned?.refusals.map(({ message }) => message)).toEqual([error?.message]);
    expect(await contents(database)).toEqual(start);
    bench.write(
      `${ID}.ts`,
      text("purge(rows('nodes', sql`demo`), { dependents: { nodes: 'purge' } })"),
    );
    evidenceOf(await bench.up({ batches: { firstSize: 7, targetMs: 1 } }));
    expect(await countOf(database, 'nodes')).toBe(0);
  });

  test('with rows that reference themselves, by a key that is not named', async () => {
    await expectSameAsSingle(
      `create table nodes (id int primary key, above int not null references nodes, demo boolean not null);
       insert into nodes select n, n, n % 3 <> 0 from generate_series(1, 200) n;
       create index on nodes (above);`,
      "purge(rows('nodes', sql`demo`))",
      { verify: "await expect.none(rows('nodes', sql`demo`));" },
    );
  });

  test('with a table that references itself', async () => {
    await expectSameAsSingle(
      `create table nodes (id int primary key, above int references nodes, demo boolean not null);
       insert into nodes select n, nullif(n / 2, 0), n between 20 and 39 or n between 60 and 90 from generate_series(1, 200) n;
       create index on nodes (above);`,
      "purge(rows('nodes', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('nodes', sql`demo`));" },
    );
  });

  test('with references that are cleared or get a default', async () => {
    await expectSameAsSingle(
      `create table users (id int primary key, demo boolean not null);
       create table notes (id int primary key, author int references users on delete set null,
         reader int default 1 references users on delete set default);
       insert into users select n, n > 10 from generate_series(1, 100) n;
       insert into notes select n, n, 101 - n from generate_series(1, 100) n;
       create index on notes (author); create index on notes (reader);`,
      "purge(rows('users', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('users', sql`demo`));" },
    );
  });

  test('with a partitioned table, and with one of its partitions', async () => {
    const schema = `
       create table logs (id int, day int, demo boolean not null, primary key (id, day)) partition by range (day);
       create table logs_1 partition of logs for values from (0) to (10);
       create table logs_2 partition of logs for values from (10) to (20);
       insert into logs select n, n % 20, n % 3 <> 0 from generate_series(1, 300) n;`;
    for (const table of ['logs', 'logs_2']) {
      await expectSameAsSingle(schema, `purge(rows('${table}', sql\`demo\`))`, {
        verify: `await expect.none(rows('${table}', sql\`demo\`));`,
      });
    }
  });

  test('with several purges in a list, of which one has taken rows of the next', async () => {
    await expectSameAsSingle(
      `create table users (id int primary key, demo boolean not null);
       create table posts (id int primary key, author int not null references users, spam boolean not null);
       insert into users select n, n % 2 = 0 from generate_series(1, 120) n;
       insert into posts select n, 1 + n % 120, n % 3 = 0 from generate_series(1, 300) n;
       create index on posts (author);`,
      "[purge(rows('users', sql`demo`), { dependents: 'all' }), purge(rows('posts', sql`spam`))]",
      { verify: "await expect.none(rows('users', sql`demo`));" },
    );
  });

  test('with two foreign keys of one table that lead to the same rows', async () => {
    await expectSameAsSingle(
      `create table users (id int primary key, demo boolean not null);
       create table transfers (id int primary key, giver int references users, taker int references users);
       insert into users select n, n % 2 = 0 from generate_series(1, 100) n;
       insert into transfers select n, 1 + n % 100, 1 + (n * 7) % 100 from generate_series(1, 200) n;
       create index on transfers (giver); create index on transfers (taker);`,
      "purge(rows('users', sql`demo`), { dependents: 'all' })",
      { verify: "await expect.none(rows('users', sql`demo`));" },
    );
  });

  test('and go by the index of a composite key, however large the table is', async () => {
    const database = await freshDatabase();
    await database.execute(`
      create table seats (tenant int, n int, demo boolean not null, filler text, primary key (tenant, n));
      insert into seats select t, n, n % 50 = 0, repeat('x', 200) from generate_series(1, 20) t, generate_series(1, 5000) n;
      analyze;`);
    const text = migration({
      up: "purge(rows('seats', sql`demo`))",
      verify: "await expect.none(rows('seats', sql`demo`));",
      more: "transaction: 'batched',",
    });
    const before = await scansOf(database, 'seats');
    const bench = new Workbench(database.url).write(`${ID}.ts`, text);
    const { batches } = evidenceOf(await bench.up({ batches: { firstSize: 100, targetMs: 1 } }));
    expect(batches?.batches).toBeGreaterThan(8);
    // Listing, counting and verify read all of it; no batch does.
    expect((await scansOf(database, 'seats')) - before).toBeLessThan(8);
    expect(await countOf(database, 'seats')).toBe(98_000);
  });
});
