import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { contentOf, contents, countOf, expectRefused, oldRows } from './witness.ts';

const ID = '20260101000000_cleanup';
const ARCHIVE = 'hygiene_archive."20260101000000_g1_';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  bench = new Workbench(database.url);
});

/** Applies the purge; what plan has said must be what was done. */
async function purged(step: string, verify: string): Promise<void> {
  bench.write(`${ID}.ts`, migration({ up: step, verify }));
  const [planned] = (await bench.plan()).migrations;
  const report = await bench.up();
  expect(report.error).toBeNull();
  const promised =
    planned?.steps.flatMap((each) => (each.kind === 'purge' ? each.plan.tables : [])) ?? [];
  const done = report.results.flatMap(({ outcome }) =>
    outcome.kind === 'applied' ? outcome.evidence.tables : [],
  );
  expect(done.map((each) => [each.table, each.removed, each.changed]).sort()).toEqual(
    promised
      .filter(({ doomed, changed }) => doomed + changed > 0)
      .map((each) => [each.table, each.doomed, each.changed])
      .sort(),
  );
  expect(done.map(({ planned: rows, archived }) => [rows, archived])).toEqual(
    done.map(({ removed }) => [removed, removed]),
  );
}

describe('references of rows that stay', () => {
  beforeEach(async () => {
    await database.execute(`
      create table people (id int primary key, name text not null);
      insert into people select n, 'p' || n from generate_series(0, 20) as n;
      create table letters (id int primary key, writer int references people on delete set null, body text);
      create table parcels (id int primary key, sender int not null default 0 references people on delete set default);
      create table notes (id int primary key, about int references people, at_night boolean);
      insert into letters select n, n, 'dear ' || n from generate_series(1, 20) as n;
      insert into parcels select n, n from generate_series(1, 20) as n;
      insert into notes select n, n, n % 2 = 0 from generate_series(1, 20) as n;`);
  });

  const people = "rows('people', sql`id between 1 and 5`)";

  test("with 'all' become what each foreign key says, and their old values are archived", async () => {
    const before = {
      people: await contentOf(database, '(select * from people where id between 1 and 5)'),
      letters: await contentOf(database, '(select * from letters where writer <= 5)'),
      parcels: await contentOf(database, '(select * from parcels where sender between 1 and 5)'),
      notes: await contentOf(database, '(select * from notes where about <= 5)'),
      untouched: await contentOf(database, '(select * from letters where writer > 5)'),
    };
    await purged(
      `purge(${people}, { dependents: 'all' })`,
      "await expect.count('people', 16); await expect.count('letters', 20);",
    );
    expect(await contentOf(database, `${ARCHIVE}people"`)).toBe(before.people);
    expect(await contentOf(database, await oldRows(database, `${ARCHIVE}letters_mutations"`))).toBe(
      before.letters,
    );
    expect(await contentOf(database, await oldRows(database, `${ARCHIVE}parcels_mutations"`))).toBe(
      before.parcels,
    );
    expect(await contentOf(database, `${ARCHIVE}notes"`)).toBe(before.notes);
    expect(await contentOf(database, '(select * from letters where writer > 5)')).toBe(
      before.untouched,
    );
    expect(await countOf(database, 'letters where writer is null and id <= 5')).toBe(5);
    expect(await countOf(database, 'parcels where sender = 0 and id <= 5')).toBe(5);
    expect(await countOf(database, 'notes')).toBe(15);
  });

  test('may be treated otherwise than their foreign key says', async () => {
    await purged(
      `purge(${people}, { dependents: { letters: 'purge', parcels: 'purge', notes: 'nullify' } })`,
      "await expect.count('people', 16); await expect.count('notes', 20);",
    );
    expect(await countOf(database, 'letters')).toBe(15);
    expect(await countOf(database, 'parcels')).toBe(15);
    expect(await countOf(database, 'notes where about is null')).toBe(5);
    expect(await countOf(database, `${ARCHIVE}notes_mutations" where about between 1 and 5`)).toBe(
      5,
    );
  });

  test('are set to a default that exists: a default without a row fails and changes nothing', async () => {
    await database.execute('alter table parcels alter column sender set default 99');
    bench.write(`${ID}.ts`, migration({ up: `purge(${people}, { dependents: 'all' })` }));
    const before = await contents(database);
    expect((await bench.upError()).code).toBe('HYG_RUN_SQL');
    expect(await contents(database)).toEqual(before);
  });

  test('of SET NULL (column) change that column only', async () => {
    await database.execute(`
      create table rooms (house int, number int, primary key (house, number));
      create table keys (id int primary key, house int not null, number int,
        foreign key (house, number) references rooms on delete set null (number));
      insert into rooms values (1, 1), (1, 2); insert into keys values (1, 1, 1), (2, 1, 2);`);
    await purged(
      "purge(rows('rooms', sql`number = 1`), { dependents: { keys: 'nullify' } })",
      "await expect.count('rooms', 1);",
    );
    expect(await database.query('select * from keys order by id')).toEqual([
      { id: 1, house: 1, number: null },
      { id: 2, house: 1, number: 2 },
    ]);
  });

  test('through two foreign keys are told apart by their names', async () => {
    await database.execute(`
      create table transfers (id int primary key, payer int not null, payee int,
        constraint transfers_payer_fkey foreign key (payer) references people,
        constraint transfers_payee_fkey foreign key (payee) references people);
      insert into transfers values (1, 1, 10), (2, 10, 1), (3, 1, 2), (4, 10, 11), (5, 12, 12);
      delete from letters; delete from parcels; delete from notes;`);
    const gone = await contentOf(database, '(select * from transfers where payer <= 5)');
    await purged(
      `purge(${people}, { dependents: { 'transfers.transfers_payer_fkey': 'purge', 'transfers.transfers_payee_fkey': 'nullify' } })`,
      "await expect.count('people', 16);",
    );
    expect(await database.query('select * from transfers order by id')).toEqual([
      { id: 2, payer: 10, payee: null },
      { id: 4, payer: 10, payee: 11 },
      { id: 5, payer: 12, payee: 12 },
    ]);
    expect(await contentOf(database, `${ARCHIVE}transfers"`)).toBe(gone);
    expect(
      await database.query(`select id, payer, payee from ${ARCHIVE}transfers_mutations"`),
    ).toEqual([{ id: 2, payer: 10, payee: 1 }]);
  });

  test.each([
    ['with a key', 'int primary key'],
    ['without a key', 'int'],
  ])('through two foreign keys at once lose both, in a table %s', async (_, type) => {
    await database.execute(`
      create table pairs (id ${type}, one int references people, other int references people);
      insert into pairs values (1, 1, 2), (2, 1, 10), (3, 10, 1), (4, 10, 10);
      delete from letters; delete from parcels; delete from notes;`);
    const before = await contentOf(database, '(select * from pairs where one = 1 or other <= 2)');
    bench.write(
      `${ID}.ts`,
      migration({
        up: `purge(${people}, { dependents: { pairs: 'nullify' } })`,
        verify: "await expect.count('people', 16);",
      }),
    );
    expect((await bench.up()).error).toBeNull();
    expect(await database.query('select * from pairs order by id')).toEqual([
      { id: 1, one: null, other: null },
      { id: 2, one: null, other: 10 },
      { id: 3, one: 10, other: null },
      { id: 4, one: 10, other: 10 },
    ]);
    expect(await contentOf(database, await oldRows(database, `${ARCHIVE}pairs_mutations"`))).toBe(
      before,
    );
  });
});

describe('a table that references itself', () => {
  beforeEach(async () => {
    await database.execute(`
      create table folders (id int primary key, parent int references folders, old boolean not null);
      insert into folders select n, nullif(n / 2, 0), n in (4, 5, 11) from generate_series(1, 31) as n;`);
  });

  test('loses the rows below doomed rows too, outside the predicate, when they are named', async () => {
    const below = `(with recursive gone as (select * from folders where old union
                      select f.* from folders f join gone g on f.parent = g.id) select * from gone)`;
    const gone = await contentOf(database, below);
    await purged(
      "purge(rows('folders', sql`old`), { dependents: { folders: 'purge' } })",
      "await expect.none(rows('folders', sql`old`));",
    );
    expect(gone).toMatch(/^14 rows/);
    expect(await contentOf(database, `${ARCHIVE}folders"`)).toBe(gone);
    expect(await countOf(database, 'folders')).toBe(17);
  });

  test('keeps them, without their parent, when that is said', async () => {
    await purged(
      "purge(rows('folders', sql`old`), { dependents: { folders: 'nullify' } })",
      "await expect.none(rows('folders', sql`old`));",
    );
    expect(await countOf(database, 'folders')).toBe(28);
    expect(
      (
        await database.query<{ id: number }>(
          'select id from folders where parent is null order by id',
        )
      ).map(({ id }) => id),
    ).toEqual([1, 8, 9, 10, 22, 23]);
    expect(await countOf(database, `${ARCHIVE}folders_mutations"`)).toBe(5);
  });

  test('refuses when they are not named', async () => {
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('folders', sql`old`))" }));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_DEPENDENTS',
        exit: 7,
        says: ['folders (parent): 5', "dependents: { folders: 'nullify' }"],
      },
    );
  });
});

describe.each(['no action', 'restrict', 'cascade', 'no action deferrable initially deferred'])(
  'tables in a circle (%s)',
  (action) => {
    beforeEach(async () => {
      await database.execute(`
        create table teams (id int primary key, lead int);
        create table members (id int primary key, team int references teams on delete ${action});
        insert into teams select n, n * 10 from generate_series(1, 9) as n;
        insert into members select n, n / 10 from generate_series(10, 99) as n;
        alter table teams add foreign key (lead) references members on delete ${action};
        create table badges (id int primary key, member int references members on delete ${action});
        insert into badges select n, n from generate_series(10, 99) as n;`);
    });

    test('are removed together', async () => {
      const gone = {
        teams: await contentOf(database, '(select * from teams where id <= 3)'),
        members: await contentOf(database, '(select * from members where team <= 3)'),
      };
      await purged(
        "purge(rows('teams', sql`id <= 3`), { dependents: 'all' })",
        "await expect.count('teams', 6);",
      );
      expect(await contentOf(database, `${ARCHIVE}teams"`)).toBe(gone.teams);
      expect(await contentOf(database, `${ARCHIVE}members"`)).toBe(gone.members);
      expect(await countOf(database, 'members')).toBe(60);
      expect(await countOf(database, 'badges')).toBe(60);
    });

    test('are cut where a reference is cleared', async () => {
      await database.execute('update teams set lead = 10 where id = 9');
      await purged(
        "purge(rows('members', sql`id between 10 and 19`), { dependents: { teams: 'nullify', badges: 'nullify' } })",
        "await expect.count('members', 80);",
      );
      expect(await countOf(database, 'teams where lead is null')).toBe(2);
      expect(await countOf(database, 'badges where member is null')).toBe(10);
    });
  },
);

describe('keys', () => {
  test('of several columns, referenced in another order and beside the primary key', async () => {
    await database.execute(`
      create table places (country text, city text, code text not null, zone int not null, primary key (country, city),
        unique (zone, code));
      insert into places select 'c' || n % 3, 'x' || n, 'k' || n, n % 2 from generate_series(1, 12) as n;
      create table shops (id int primary key, town text, land text, foreign key (land, town) references places (country, city));
      insert into shops select n, 'x' || n, 'c' || n % 3 from generate_series(1, 12) as n;
      create table routes (code text, zone int, foreign key (code, zone) references places (code, zone));
      insert into routes select 'k' || n, n % 2 from generate_series(1, 12) as n, generate_series(1, 3);
      insert into routes values (null, 1), ('k99', null);`);
    const routes = await contentOf(
      database,
      "(select * from routes where code in ('k3', 'k6', 'k9', 'k12'))",
    );
    await purged(
      "purge(rows('places', sql`country = 'c0'`), { dependents: { shops: 'purge', routes: 'purge' } })",
      "await expect.count('places', 8);",
    );
    expect(routes).toMatch(/^12 rows/);
    expect(await contentOf(database, `${ARCHIVE}routes"`)).toBe(routes);
    expect(await countOf(database, 'shops')).toBe(8);
    expect(await countOf(database, 'routes')).toBe(26);
  });

  test('of periods: a row goes when it overlaps a period that goes (PostgreSQL 18)', async () => {
    await database.execute(`
      create table stalls (place int4range, during daterange, demo boolean not null,
        primary key (place, during without overlaps));
      create table leases (id int primary key, place int4range, during daterange,
        foreign key (place, period during) references stalls (place, period during));
      insert into stalls select int4range(n, n + 1), daterange('2026-01-01', '2026-02-01'), n % 2 = 0 from generate_series(1, 20) n;
      insert into stalls select int4range(n, n + 1), daterange('2026-02-01', '2026-03-01'), n % 3 = 0 from generate_series(1, 20) n;
      insert into leases select n, int4range(n, n + 1), daterange('2026-01-20', '2026-02-10') from generate_series(1, 20) n;
      insert into leases select 100 + n, int4range(n, n + 1), daterange('2026-02-20', '2026-02-25') from generate_series(1, 20) n;
      insert into leases values (200, null, daterange('2026-02-20', '2026-02-25'));`);
    const start = await contents(database);
    await purged(
      "purge(rows('stalls', sql`demo`), { dependents: { leases: 'purge' } })",
      "await expect.count('stalls', 24);",
    );
    // Of the leases over both months, those stay whose place loses neither: 7 of 20; of the others 14.
    expect(await countOf(database, 'leases')).toBe(7 + 14 + 1);
    await bench.restore(ID);
    expect(await contents(database)).toEqual(start);
  });

  test('are not needed: equal rows of a table without one go and stay by place', async () => {
    await database.execute(`
      create table owners (id int primary key);
      create table pings (owner int references owners, word text);
      insert into owners select generate_series(1, 4);
      insert into pings select 1 + n % 4, 'same' from generate_series(1, 40) as n;
      insert into pings select null, 'same' from generate_series(1, 5);`);
    await purged(
      "purge(rows('owners', sql`id = 1`), { dependents: { pings: 'purge' } })",
      "await expect.count('owners', 3);",
    );
    expect(await countOf(database, 'pings')).toBe(35);
    expect(await countOf(database, `${ARCHIVE}pings" where owner = 1`)).toBe(10);
  });
});
