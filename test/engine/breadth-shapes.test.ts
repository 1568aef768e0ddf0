import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { contentOf, countOf, expectRefused, oldRows } from './witness.ts';

const ID = '20260101000000_cleanup';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  bench = new Workbench(database.url);
});

/** Plans and applies; the plan's sums are what was done, table by table of the root's partition tree. */
async function applied(up: string, verify: string): Promise<void> {
  bench.write(`${ID}.ts`, migration({ up, verify }));
  const [planned] = (await bench.plan()).migrations;
  expect(planned?.refusals).toEqual([]);
  const report = await bench.up();
  expect(report.error).toBeNull();
  const doomed =
    planned?.steps.flatMap((each) => (each.kind === 'purge' ? each.plan.tables : [])) ?? [];
  const done = report.results.flatMap(({ outcome }) =>
    outcome.kind === 'applied' ? outcome.evidence.tables : [],
  );
  const sum = (numbers: readonly number[]): number =>
    numbers.reduce((total, each) => total + each, 0);
  expect(sum(done.map(({ removed }) => removed))).toBe(sum(doomed.map((each) => each.doomed)));
  expect(done.map(({ archived }) => archived)).toEqual(done.map(({ removed }) => removed));
}

/** The rows of the only archive table of this source. */
async function archiveOf(source: string, kind = 'rows'): Promise<string> {
  const rows = await database.query<{ name: string }>(
    `select format('hygiene_archive.%I', archive_table) as name from hygiene.archives
      where source_schema || '.' || source_table = $1 and kind = $2`,
    [source, kind],
  );
  expect(rows).toHaveLength(1);
  return contentOf(database, await oldRows(database, rows[0]?.name ?? ''));
}

describe('partitioned tables', () => {
  beforeEach(async () => {
    await database.execute(`
      create table orders (id int, placed date not null, test boolean, primary key (id, placed)) partition by range (placed);
      create table orders_2024 partition of orders for values from ('2024-01-01') to ('2025-01-01');
      create table orders_2025 partition of orders for values from ('2025-01-01') to ('2026-01-01') partition by range (id);
      create table orders_2025_low partition of orders_2025 for values from (0) to (50);
      create table orders_2025_high partition of orders_2025 default;
      create table lines (id int, order_id int, placed date, qty int,
        foreign key (order_id, placed) references orders) partition by hash (id);
      create table lines_0 partition of lines for values with (modulus 2, remainder 0);
      create table lines_1 partition of lines for values with (modulus 2, remainder 1);
      insert into orders select n, date '2024-06-01' + n * 4, n % 5 = 0 from generate_series(1, 100) as n;
      insert into lines select n * 10 + i, n, date '2024-06-01' + n * 4, i from generate_series(1, 100) as n, generate_series(1, 3) as i;`);
  });

  test('lose rows of all partitions, and the rows of partitioned children', async () => {
    const orders = await contentOf(database, '(select * from orders where test)');
    const lines = await contentOf(database, '(select * from lines where order_id % 5 = 0)');
    const kept = await contentOf(database, '(select * from lines where order_id % 5 <> 0)');
    await applied(
      "purge(rows('orders', sql`test`), { dependents: { lines: 'purge' } })",
      "await expect.none(rows('orders', sql`test`));",
    );
    expect(orders).toMatch(/^20 rows/);
    expect(await archiveOf('public.orders')).toBe(orders);
    expect(await archiveOf('public.lines')).toBe(lines);
    expect(await contentOf(database, 'lines')).toBe(kept);
  });

  test('lose only the rows of one partition where that is named', async () => {
    const gone = await countOf(database, 'orders_2024 where test');
    const kept = await contentOf(
      database,
      "(select * from orders where not (test and placed < '2025-01-01'))",
    );
    await applied(
      "purge(rows('orders_2024', sql`test`), { dependents: { lines: 'purge' } })",
      "await expect.none(rows('orders_2024', sql`test`));",
    );
    expect(await countOf(database, 'orders')).toBe(100 - gone);
    expect(await countOf(database, 'lines')).toBe(300 - 3 * gone);
    expect(await contentOf(database, 'orders')).toBe(kept);
  });

  test('keep children without their reference', async () => {
    await applied(
      "purge(rows('orders', sql`test`), { dependents: { lines: 'nullify' } })",
      "await expect.none(rows('orders', sql`test`));",
    );
    expect(await countOf(database, 'lines')).toBe(300);
    expect(await countOf(database, 'lines where order_id is null and placed is null')).toBe(60);
    expect(await archiveOf('public.lines', 'mutations')).toMatch(/^60 rows/);
  });

  test('are scrubbed, also where rows move to another partition', async () => {
    await applied(
      "scrub(rows('orders_2025', sql`test and id not in (select order_id from lines)`), { set: { test: false } })",
      "await expect.count('orders', 100);",
    );
    await database.execute('alter table lines drop constraint lines_order_id_placed_fkey');
    bench.write(
      '20260102000000_more.ts',
      migration({
        up: "scrub(rows('orders', sql`test`), { set: { placed: sql`date '2025-03-01'` } })",
        verify: "await expect.count('orders', 100);",
      }),
    );
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, "orders_2025 where placed = '2025-03-01' and test")).toBe(20);
  });
});

describe('names', () => {
  test('with capitals, dots, quotes and blanks, in other schemas', async () => {
    await database.execute(`
      create schema "my.schema"; create schema billing;
      create table "User" ("userId" int primary key, "User" text, "is demo" boolean);
      create table "my.schema"."odd ""table"".x" ("a.b" int primary key, "owner id" int references "User");
      create table billing.invoices (id int primary key, "order" int references "User");
      create table w (id int primary key, owner int references "User");
      insert into "User" select n, 'u' || n, n <= 5 from generate_series(1, 10) as n;
      insert into "my.schema"."odd ""table"".x" select n, n from generate_series(1, 10) as n;
      insert into billing.invoices select n, n from generate_series(1, 10) as n;
      insert into w select n, n from generate_series(1, 10) as n;`);
    const gone = await contentOf(database, '(select * from "User" where "is demo")');
    const odd = await contentOf(
      database,
      '(select * from "my.schema"."odd ""table"".x" where "owner id" <= 5)',
    );
    await applied(
      `[
        purge(rows('billing.invoices', sql\`\${id('order')} <= 5\`)),
        purge(rows('User', sql\`\${id('User', 'is demo')}\`), {
          dependents: { 'my.schema.odd "table".x': 'purge', invoices: 'purge', w: 'nullify' },
        }),
      ]`,
      `await expect.count('User', 5); await expect.count(['my.schema', 'odd "table".x'], 5);
       await expect.count('billing.invoices', 5);`,
    );
    expect(await archiveOf('public.User')).toBe(gone);
    expect(await archiveOf('my.schema.odd "table".x')).toBe(odd);
    expect(await countOf(database, 'w where owner is null')).toBe(5);
  });

  test('of 63 bytes that are alike keep archives of their own', async () => {
    const long = 'ä'.repeat(28);
    const [first, second] = [`${long}_first`, `${long}_secon`];
    for (const name of [first, second]) {
      await database.execute(`create table "${name}" (id int primary key, word text);
        insert into "${name}" select n, '${name}' || n from generate_series(1, 4) as n;`);
    }
    const gone = {
      first: await contentOf(database, `(select * from "${first}" where id < 3)`),
      second: await contentOf(database, `(select * from "${second}" where id < 3)`),
    };
    await applied(
      `[purge(rows('${first}', sql\`id < 3\`)), purge(rows('${second}', sql\`id < 3\`))]`,
      `await expect.count('${first}', 2); await expect.count('${second}', 2);`,
    );
    expect(gone.first).not.toBe(gone.second);
    expect(await archiveOf(`public.${first}`)).toBe(gone.first);
    expect(await archiveOf(`public.${second}`)).toBe(gone.second);
  });

  test('that are equal in two schemas are two tables', async () => {
    await database.execute(`
      create schema other;
      create table items (id int primary key); insert into items select generate_series(1, 10);
      create table other.items (id int primary key, of_item int references public.items);
      insert into other.items select n, n from generate_series(1, 10) as n;`);
    await applied(
      "purge(rows('items', sql`items.id <= 4`), { dependents: { 'other.items': 'purge' } })",
      "await expect.count('other.items', 6);",
    );
    expect(await countOf(database, 'public.items')).toBe(6);
    expect(await archiveOf('other.items')).toMatch(/^4 rows/);
  });
});

describe('types', () => {
  beforeEach(async () => {
    await database.execute(`
      create type mood as enum ('sad', 'glad');
      create type address as (street text, zip text);
      create domain positive as numeric(20, 6) check (value > 0);
      create table things (
        id bigint generated by default as identity (start with 9007199254740990) primary key,
        serial int generated always as identity,
        mood mood, moods mood[], tags text[], matrix int[][],
        doc jsonb, raw json, price positive, exact numeric, ratio float8, tiny real,
        at timestamptz, local timestamp, day date, span interval, hours time, period tstzrange,
        bytes bytea, uid uuid, net inet, place point, words tsvector, home address, bits bit varying,
        doubled numeric generated always as (price * 2) stored,
        label text collate "C" default 'x', "select" int
      );
      insert into things (mood, moods, tags, matrix, doc, raw, price, exact, ratio, tiny, at, local, day, span, hours,
          period, bytes, uid, net, place, words, home, bits, "select")
      select case n % 2 when 0 then 'sad' else 'glad' end::mood, array['sad', null, 'glad']::mood[],
             array['a"b', 'c,d', null, ''], '{{1,2},{3,4}}', jsonb_build_object('n', n, 'x', null), '{"a": 1,  "a": 2}',
             n + 0.123456, 'NaN', 'Infinity', 0.1, 'infinity', '0044-03-15 BC', '5874897-12-31', '1 mon -3 days 04:05:06.789',
             '24:00', '[2024-01-01,)', '\\xdeadbeef00', gen_random_uuid(), '10.0.0.0/8', '(1.5,-2)', 'a:1 b:2',
             row('Main "St"', null)::address, b'0101', n
        from generate_series(1, 20) as n;`);
  });

  test('of every kind come into the archive as they were', async () => {
    const gone = await contentOf(database, "(select * from things where mood = 'sad')");
    const types = `select string_agg(format_type(atttypid, atttypmod), ',' order by attnum) as types
                     from pg_attribute where attnum > 0 and not attisdropped and attrelid = `;
    await applied(
      "purge(rows('things', sql`mood = 'sad' and doc ? 'n' and tags @> array['c,d']`))",
      "await expect.count('things', 10);",
    );
    expect(gone).toMatch(/^10 rows/);
    expect(await archiveOf('public.things')).toBe(gone);
    expect(
      await database.query(`${types} 'hygiene_archive."20260101000000_g1_things"'::regclass`),
    ).toEqual(await database.query(`${types} 'things'::regclass`));
  });

  test('of every kind come through a scrub: bound values and expressions', async () => {
    const before = await contentOf(database, "(select * from things where mood = 'sad')");
    await applied(
      `scrub(rows('things', sql\`mood = \${'sad'}\`), { set: {
         doc: { gone: ['yes'] }, tags: ['x', 'y'], price: 7, at: new Date('2026-01-01T00:00:00Z'), bytes: null,
         label: sql\`'thing ' || id || ' ' || mood\`, home: sql\`row('none', 'none')::address\`, moods: sql\`array[mood]\`,
         select: sql\`\${id('select')} + 1000\`,
       } })`,
      "await expect.count('things', 20);",
    );
    expect(await archiveOf('public.things', 'mutations')).toBe(before);
    expect(
      await countOf(
        database,
        `things where doc = '{"gone": ["yes"]}' and tags = '{x,y}' and price = 7 and doubled = 14 and bytes is null
           and at = '2026-01-01 00:00+00' and label = 'thing ' || id || ' sad' and (home).zip = 'none'
           and moods = '{sad}' and "select" > 1000`,
      ),
    ).toBe(10);
  });

  test('as keys: text, uuid, timestamptz, enum and numeric in one key', async () => {
    await database.execute(`
      create table kinds (name text collate "C", uid uuid, at timestamptz, mood mood, n numeric, primary key (name, uid, at, mood, n));
      create table uses (id int primary key, name text collate "C", uid uuid, at timestamptz, mood mood, n numeric,
        foreign key (n, mood, at, uid, name) references kinds (n, mood, at, uid, name));
      insert into kinds select 'k' || i, gen_random_uuid(), now() + i * interval '1 microsecond', 'sad', i / 3.0 from generate_series(1, 9) as i;
      insert into uses select row_number() over (), name, uid, at, mood, n from kinds;`);
    const gone = await contentOf(database, "(select * from uses where name in ('k1', 'k2', 'k3'))");
    await applied(
      "purge(rows('kinds', sql`n <= 1`), { dependents: 'all' })",
      "await expect.count('kinds', 6);",
    );
    expect(await archiveOf('public.uses')).toBe(gone);
  });
});

describe('inherited tables', () => {
  beforeEach(async () => {
    await database.execute(`
      create table animals (id int primary key, name text);
      create table cats (lives int) inherits (animals);
      insert into animals values (1, 'ant'), (2, 'bee'); insert into cats values (1, 'tom', 9), (3, 'kit', 9);`);
  });

  test('lose their own rows when they are named', async () => {
    await applied("purge(rows('cats', sql`name = 'tom'`))", "await expect.count('cats', 1);");
    expect(await countOf(database, 'animals')).toBe(3);
    expect(await archiveOf('public.cats')).toMatch(/^1 rows/);
  });

  test('are not purged through their parent: its archive has no place for their own columns', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: "purge(rows('animals', sql`name in ('ant', 'tom')`))",
        verify: "await expect.count('animals', 2);",
      }),
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_INHERITED',
        exit: 7,
        says: ['animals is inherited by cats'],
      },
    );
  });
});
