import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { id, joinSql, renderSql, sql } from '../src/kernel/sql.ts';
import { allDetectors } from '../src/scanner/detectors/all-detectors.ts';
import { Judges } from '../src/scanner/judge-row.ts';
import { maySay } from '../src/scanner/prefilter-sql.ts';
import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { type Figure, interleaved, timed } from './measure.ts';
import { buildOnce, heldMegabytes } from './processes.ts';

const RUNS = 3;
const BAR = 2;
const BAR_MB = 200;
const MILLION = 1_000_000;
/** Columns by their role: the reference reads the same ones. */
const JUDGED = {
  email: 'email',
  full_name: 'name',
  phone: 'phone',
  city: 'city',
  bio: 'text',
} as const;

/** A scan of many users against one sequential count with the same regular expressions, and its memory. */
export async function scanFigures(): Promise<readonly Figure[]> {
  buildOnce();
  const database = await usersOf(MILLION);
  const few = await usersOf(1_000);
  const cwd = mkdtempSync(join(tmpdir(), 'hygiene-bench-'));
  const { first, second } = await interleaved(
    RUNS,
    () => timed(() => Promise.resolve(scan(database, cwd))),
    () => timed(() => countMatches(database)),
  );
  const memory = scan(database, cwd);
  const memoryOfFew = scan(few, cwd);
  await Promise.all([database.drop(), few.drop()]);
  const shared = { invalid: null, unit: 'MB', kind: 'absolute' } as const;
  return [
    {
      name: 'scan, 1 M users / one count(*) with the same regular expressions',
      ours: first,
      reference: second,
      unit: 'ms',
      bar: BAR,
      kind: 'ratio',
      invalid: null,
    },
    {
      name: 'memory, scan of 1 M users',
      ours: memory,
      reference: memoryOfFew,
      bar: BAR_MB,
      ...shared,
    },
  ];
}

/** Names and addresses of people, one in 500 of a seed. */
async function usersOf(rows: number): Promise<TestDatabase> {
  const database = await createDatabase();
  await database.execute(`
    create table users (
      id bigint primary key, email text, full_name text, phone text, city text, bio text, created_at timestamptz);
    insert into users
    select n,
           case when n % 500 = 0 then 'demo' || n || '@example.com'
                else lower(given) || '.' || lower(family) || n % 9973 || '@' || provider end,
           case when n % 500 = 0 then 'Demo User' else given || ' ' || family end,
           '+49 30 ' || 2000000 + n * 7919 % 7999999,
           (array['Kassel', 'Bremen', 'Jena', 'Mainz', 'Ulm', 'Leeds', 'Norwich'])[1 + n % 7],
           case when n % 3 = 0 then 'Gardener in the evening, engineer by day; ' || given || ' likes trains.' end,
           timestamptz '2022-01-01' + n * interval '97 seconds'
      from generate_series(1::bigint, ${String(rows)}) as n,
           lateral (select (array['Anna', 'Bernd', 'Claudia', 'Dieter', 'Eva', 'Frank', 'Gisela', 'Hugo', 'Ines', 'Karl'])[1 + n % 10] as given,
                           (array['Weber', 'Becker', 'Hughes', 'Wood', 'Larsson', 'Varga', 'Rossi', 'Moreau'])[1 + n / 10 % 8] as family,
                           (array['gmail.com', 'gmx.de', 'btinternet.com', 'telia.com', 'orange.fr'])[1 + n % 5] as provider) as parts;
    analyze users;
  `);
  return database;
}

/** @returns the most megabytes that it held */
function scan({ url }: TestDatabase, cwd: string): number {
  return heldMegabytes(['scan', '--password-time', '0', '--statement-timeout', '0'], { cwd, url });
}

async function countMatches(database: TestDatabase): Promise<void> {
  const judges = new Judges(allDetectors, () => true);
  const conditions = Object.entries(JUDGED).flatMap(([column, role]) => {
    const prefilter = judges.prefilter(role);
    return prefilter === null ? [] : (maySay(sql`${id(column)}`, prefilter) ?? []);
  });
  const { text, values } = renderSql(
    sql`select count(*) from users where ${joinSql(conditions, ' or ')}`,
  );
  await database.query('set max_parallel_workers_per_gather = 0');
  await database.query('set jit = off');
  await database.query(text, values);
}
