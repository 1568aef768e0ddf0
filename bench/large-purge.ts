import type { TestDatabase } from '../test/support/cloned-database.ts';
import { Workbench } from '../test/engine/workbench.ts';
import { Copies, countsOf, runStatements } from './copies.ts';
import { DEMO_PURGE_ID, demoPurge } from './demo-purge.ts';
import { type Figure, interleaved } from './measure.ts';
import { CHILDREN, TABLES } from './purge-world.ts';

/** 1.35 million rows in four tables, of which nine tenths hang on demo users. */
export const USERS = Number(process.env['BENCH_USERS'] ?? 300_000);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 7);

const schemaOf = (users: number): string => `
  create table admins (id bigint generated always as identity primary key, email text not null unique,
    last_login_at timestamptz);
  create table users (id bigint generated always as identity primary key, email text not null,
    name text not null, created_at timestamptz not null default now());
  create table live_sessions (id bigint generated always as identity primary key,
    user_id bigint not null references users on delete cascade, token text not null);
  create table payments (id bigint generated always as identity primary key,
    user_id bigint not null references users, amount_cents integer not null);
  create table reports (id bigint generated always as identity primary key,
    author_id bigint not null references users, title text not null);

  insert into admins (email) select 'admin' || n || '@corp.io' from generate_series(1, 10) n;
  insert into users (email, name)
    select case when n % 10 = 0 then 'user' || n || '@corp.io' else 'demo' || n || '@example.com' end,
           'Person ' || n
      from generate_series(1, ${String(users)}) n;
  insert into live_sessions (user_id, token) select id, md5(id || '-' || s) from users, generate_series(1, 2) s;
  insert into payments (user_id, amount_cents) select id, 100 + id % 900 from users;
  insert into reports (author_id, title) select id, 'Report ' || id from users where id % 2 = 0;

  create index on live_sessions (user_id);
  create index on payments (user_id);
  create index on reports (author_id);
  create schema by_hand;
`;

const CONFIG = `
import { defineConfig, rows, sql } from 'pg-hygiene';
export default defineConfig({
  protect: [rows('admins', sql\`true\`), rows('users', sql\`email like '%@corp.io'\`)],
});
`;

const PROTECTED_HASH = `
  select id, encode(sha256(convert_to(users::text, 'UTF8')), 'hex') as hash from users where email like '%@corp.io'`;

/** The same work as a careful person writes it by hand: locks, archive, children first, proof. */
const BY_HAND = [
  'begin',
  `create temp table kept on commit drop as ${PROTECTED_HASH}`,
  'create temp table doomed_users (id bigint) on commit drop',
  "insert into doomed_users select id from users where email like '%@example.com' order by id for update",
  'analyze doomed_users',
  ...CHILDREN.flatMap(([table, column]) => [
    `create temp table doomed_${table} (id bigint) on commit drop`,
    `insert into doomed_${table}
       select c.id from ${table} c join doomed_users d on d.id = c.${column} order by c.id for update of c`,
    `analyze doomed_${table}`,
  ]),
  ...TABLES.map(
    (table) =>
      `create table by_hand.${table} as select t.* from ${table} t join doomed_${table} d using (id)`,
  ),
  ...['live_sessions', 'payments', 'reports', 'users'].map(
    (table) => `delete from ${table} t using doomed_${table} d where t.id = d.id`,
  ),
  `select count(*) from kept full join (${PROTECTED_HASH}) now using (id) where kept.hash is distinct from now.hash`,
  "select count(*) from users where email like '%@example.com'",
  'commit',
];

/** Copies of it, for whoever purges the demo users. */
export function largePurgeCopies(users = USERS): Promise<Copies> {
  return Copies.of(countsOf(TABLES), (template) => template.execute(schemaOf(users)));
}

export async function largePurge(): Promise<readonly Figure[]> {
  const copies = await largePurgeCopies();
  const figures = await interleaved(
    RUNS,
    () => copies.run(runHygiene),
    () => copies.run((database) => runStatements(database, BY_HAND)),
  );
  await copies.drop();
  return [
    {
      name: `up online, ${String(Math.round(USERS / 1000))} k users, 90 % doomed, archive on`,
      ours: figures.first,
      reference: figures.second,
      unit: 'ms',
      bar: 1.15,
      kind: 'ratio',
      invalid: copies.invalid,
    },
  ];
}

async function runHygiene({ url }: TestDatabase): Promise<void> {
  const bench = new Workbench(url)
    .write(`${DEMO_PURGE_ID}.ts`, demoPurge({ archive: true }))
    .write('config.ts', CONFIG);
  const { error } = await bench.up({ statementTimeoutMs: 0 });
  if (error !== null) throw error;
}
