import { Workbench } from '../test/engine/workbench.ts';
import type { TestDatabase } from '../test/support/cloned-database.ts';
import { Copies, countsOf, runStatements } from './copies.ts';
import { DEMO_PURGE_ID, demoPurge } from './demo-purge.ts';
import { type Figure, interleaved } from './measure.ts';

/** A million rows: users, and two tables that reference them. */
const USERS = Number(process.env['BENCH_RESTORED_USERS'] ?? 300_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 7);

const SCHEMA = `
  create table users (id bigint generated always as identity primary key, email text not null unique,
    name text not null, created_at timestamptz not null default now());
  create table live_sessions (id bigint generated always as identity primary key,
    user_id bigint not null references users on delete cascade, token text not null);
  create table payments (id bigint generated always as identity primary key,
    user_id bigint not null references users, amount_cents integer not null check (amount_cents > 0));
  insert into users (email, name)
    select case when n % 10 = 0 then 'user' || n || '@corp.io' else 'demo' || n || '@example.com' end,
           'Person ' || n
      from generate_series(1, ${String(Math.ceil(USERS / 0.9))}) n;
  insert into live_sessions (user_id, token)
    select id, md5(id || '-' || s) from users, generate_series(1, 2) s where email like 'demo%' and (s = 1 or id % 3 = 0);
  insert into payments (user_id, amount_cents) select id, 100 + id % 900 from users;
  create index on live_sessions (user_id);
  create index on payments (user_id);
`;

const TABLES = ['users', 'live_sessions', 'payments'];

const BY_HAND = [
  'begin',
  ...TABLES.map(
    (table) =>
      `insert into ${table} overriding system value select * from hygiene_archive."20260101000000_g1_${table}"`,
  ),
  'commit',
];

/** `hygiene restore` with its proofs against a bare INSERT … SELECT of the same rows. */
export async function restoreFigures(): Promise<readonly Figure[]> {
  let rows = 0;
  const copies = await Copies.of(countsOf(TABLES), async (template) => {
    await template.execute(SCHEMA);
    await template.execute('vacuum analyze');
    const bench = new Workbench(template.url).write(
      `${DEMO_PURGE_ID}.ts`,
      demoPurge({ archive: true }),
    );
    const { error } = await bench.up({ statementTimeoutMs: 0 });
    if (error !== null) throw error;
    const [archived] = await template.query<{ rows: number }>(
      'select sum(rows)::float8 as rows from hygiene.archives',
    );
    rows = archived?.rows ?? 0;
  });
  const figures = await interleaved(
    RUNS,
    () => copies.run(restoreByHygiene),
    () => copies.run((database) => runStatements(database, BY_HAND)),
  );
  await copies.drop();
  return [
    {
      name: `restore of ${rows.toLocaleString('en-US')} rows against INSERT … SELECT`,
      ours: figures.first,
      reference: figures.second,
      unit: 'ms',
      bar: 2,
      kind: 'ratio',
      invalid: copies.invalid,
    },
  ];
}

async function restoreByHygiene({ url }: TestDatabase): Promise<void> {
  const bench = new Workbench(url).write(`${DEMO_PURGE_ID}.ts`, demoPurge({ archive: true }));
  await bench.restore(DEMO_PURGE_ID, { statementTimeoutMs: 0 });
}
