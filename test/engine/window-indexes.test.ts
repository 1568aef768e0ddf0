import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { declared } from './schema-witness.ts';
import { contents } from './witness.ts';
import { evidenceOf, migration, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_visits';

/** Enough rows stay for indexes to be made anew, and too few in `stamps`. */
const SCHEMA = `
  create table regions (id int primary key);
  create table visits (
    id int primary key,
    region int not null references regions deferrable initially deferred,
    demo boolean not null,
    path text,
    tags int[],
    at timestamptz
  );
  create table stamps (id int primary key, visit int not null references visits);
  create table views (
    id bigint generated always as identity primary key,
    visit int not null references visits,
    nr int,
    constraint views_once unique nulls not distinct (visit, nr) include (id) with (fillfactor = 80)
      deferrable initially deferred
  );

  create index visits_region on visits (region desc) include (path) with (fillfactor = 60);
  create index visits_tags on visits using gin (tags);
  create index visits_at on visits using brin (at);
  create index visits_path on visits using hash (path);
  create unique index visits_once on visits (region, id);
  create index visits_lower on visits (lower(path));
  create index visits_real on visits (at) where not demo;
  create index visits_noted on visits (at);
  comment on index visits_noted is 'for the report';
  create index stamps_visit on stamps (visit);

  insert into regions select generate_series(0, 9);
  insert into visits
    select n, n % 10, n % 3 <> 0, 'path ' || n, array[n % 7, n % 11], timestamptz '2026-01-01' + n * interval '1 s'
      from generate_series(1, 36000) as n;
  insert into views (visit, nr) select n, nullif(n % 4, 0) from generate_series(1, 36000) as n;
  insert into stamps select n, n from generate_series(1, 300) as n;`;

const MADE_ANEW = [
  'views_once',
  'views_pkey',
  'visits_at',
  'visits_once',
  'visits_path',
  'visits_region',
  'visits_tags',
];

let database: TestDatabase;

beforeEach(async () => {
  database = await freshDatabase();
  await database.execute(SCHEMA);
  await database.execute('analyze');
});

function benchOf(url: string): Workbench {
  const up = "purge(rows('visits', sql`demo`), { dependents: 'all', budget: { max: 200_000 } })";
  return new Workbench(url).write(
    `${ID}.ts`,
    migration({ up, verify: "await expect.none(rows('visits', sql`demo`));" }),
  );
}

async function oids(): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ name: string; oid: string }>(`
    select c.relname as name, c.oid::text as oid
      from pg_class c
     where c.relkind = 'i' and c.relnamespace = 'public'::regnamespace`);
  return new Map(rows.map(({ name, oid }) => [name, oid]));
}

async function madeAnew(before: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const after = await oids();
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  return [...after].filter(([name, oid]) => before.get(name) !== oid).map(([name]) => name);
}

/** Before PostgreSQL 18 foreign keys are dropped meanwhile, and nothing hangs on what they reference. */
async function freed(): Promise<readonly string[]> {
  const [row] = await database.query<{ names: string[] }>(`
    select case when current_setting('server_version_num')::int < 180000
                then array['visits_pkey'] else '{}' end as names`);
  return row?.names ?? [];
}

/** What each index finds, where the table is not read besides. */
async function foundByIndexes(): Promise<readonly unknown[]> {
  await database.execute('set enable_seqscan = off');
  const conditions = [
    'region = 3',
    'tags @> array[5]',
    "at < '2026-01-01 01:00'",
    "path = 'path 9'",
  ];
  const found: unknown[] = [];
  for (const condition of conditions) {
    const plan = await database.query(`explain select count(*) from visits where ${condition}`);
    expect(JSON.stringify(plan)).toMatch(/Index/);
    found.push(...(await database.query(`select count(*) from visits where ${condition}`)));
  }
  return found;
}

describe('a rewrite that many rows outlive', () => {
  test('makes plain indexes anew, and leaves the schema to the letter', async () => {
    const plain = await freshDatabase();
    await plain.execute(SCHEMA);
    evidenceOf(await benchOf(plain.url).up());
    const [before, ids] = [await declared(database), await oids()];
    const { tables } = evidenceOf(
      await benchOf(database.url).up({ window: 'maintenance', strategy: 'rewrite' }),
    );
    expect(tables.map(({ table, strategy }) => [table, strategy])).toContainEqual([
      'visits',
      'rewrite',
    ]);
    expect(new Set(await madeAnew(ids))).toEqual(new Set([...MADE_ANEW, ...(await freed())]));
    expect(await declared(database)).toEqual(before);
    expect(await contents(database)).toEqual(await contents(plain));
    expect(await foundByIndexes()).toEqual([
      { count: '1200' },
      { count: '2649' },
      { count: '1199' },
      { count: '1' },
    ]);
  });

  test('makes none anew of a table that it may empty and does not own', async () => {
    const ids = await oids();
    await database.execute(
      'drop table stamps, views; alter table visits drop constraint visits_region_fkey',
    );
    const role = `keeper_${database.name}`;
    await database.execute(`
      create role ${role} login password 'secret';
      grant create on database "${database.name}" to ${role};
      grant all on visits to ${role};`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    const { tables } = evidenceOf(
      await benchOf(url.href).up({ window: 'maintenance', strategy: 'rewrite' }),
    );
    expect(tables.map(({ strategy }) => strategy)).toEqual(['rewrite']);
    const after = await oids();
    expect(after.get('visits_region')).toBe(ids.get('visits_region'));
    expect([...after].filter(([name, oid]) => ids.get(name) !== oid)).toEqual([]);
    await database.execute(`drop owned by ${role} cascade; drop role ${role}`);
  });

  test('is rolled back whole where an index cannot be made', async () => {
    await database.execute(`
      create function refuse() returns event_trigger language plpgsql as
        $$ begin
          if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.visits_tags')
          then raise exception 'no index today'; end if;
        end $$;
      create event trigger refuse on ddl_command_end when tag in ('CREATE INDEX') execute function refuse();`);
    const before = [await declared(database), await contents(database), await oids()];
    const error = await benchOf(database.url).upError({
      window: 'maintenance',
      strategy: 'rewrite',
    });
    expect(error.message).toContain('no index today');
    expect([await declared(database), await contents(database), await oids()]).toEqual(before);
  });
});
