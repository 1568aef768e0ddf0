import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import type { Connection } from '../../src/database/connection.ts';
import type { Check } from '../../src/doctor/preflight/check.ts';
import { preflight } from '../../src/doctor/preflight/preflight.ts';
import { longTransactions } from '../../src/doctor/preflight/server-checks.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { systemClock } from '../../src/kernel/ports.ts';
import { withEmbedded } from '../catalog/connect.ts';
import { openConnection } from '../database/open-connection.ts';
import { careless, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';

const SCHEMA = `
  create table users (id int primary key, email text);
  create table orders (id int primary key, user_id int references users (id));
  create index on orders (user_id);
  create table admins (id int primary key);
`;

let server: PostgresServer;
let admin: pg.Client;
let databases = 0;

beforeAll(async () => {
  server = await startPostgresServer({
    ...careless,
    wal_level: 'logical',
    max_prepared_transactions: '2',
  });
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await server.stop();
});

interface Place {
  readonly url: string;
  readonly execute: (script: string) => Promise<void>;
  readonly look: (url?: string, tables?: readonly string[]) => Promise<readonly Check[]>;
}

async function placeWith(schema: string): Promise<Place> {
  databases += 1;
  const name = `place_${String(databases)}`;
  await admin.query(`create database ${name}`);
  const at = new URL(server.url);
  at.pathname = `/${name}`;
  const place: Place = {
    url: at.href,
    execute: async (script) => {
      const client = new pg.Client({ connectionString: at.href });
      await client.connect();
      await client.query(script);
      await client.end();
    },
    look: async (url = at.href, tables = ['users']) => look(await openConnection(url), url, tables),
  };
  await place.execute(schema);
  return place;
}

function look(
  connection: Connection,
  url: string,
  tables: readonly string[],
): Promise<readonly Check[]> {
  return preflight({
    connection,
    another: () => openConnection(url),
    patience: (signal) => systemClock.sleep(10_000, signal),
    names: defaultLedgerNames,
    tables,
  });
}

function as(role: string, url: string): string {
  const at = new URL(url);
  [at.username, at.password] = [role, 'secret'];
  return at.href;
}

function found(checks: readonly Check[], name: Check['name']): Check | undefined {
  return checks.find((each) => each.name === name);
}

function statuses(checks: readonly Check[]): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

const ALL_WELL = {
  connection: 'ok',
  'server version': 'ok',
  statistics: 'ok',
  'materialized views': 'ok',
  backup: 'warn',
  'replication lag': 'ok',
  'replica identity': 'ok',
  'logical subscribers': 'ok',
  'long transactions': 'ok',
  'prepared transactions': 'ok',
  role: 'warn',
  ledger: 'ok',
  tables: 'ok',
  rights: 'ok',
  'foreign keys': 'ok',
  triggers: 'ok',
  'row-level security': 'ok',
};

describe('a server in order', () => {
  test('has nothing but a superuser and no backup to be said', async () => {
    const place = await placeWith(SCHEMA);
    const checks = await place.look();
    const { disk, ...others } = statuses(checks);
    expect(others).toEqual(ALL_WELL);
    expect(['ok', 'warn', 'unknown']).toContain(disk);
    expect(found(checks, 'connection')?.words).toMatch(/^Each connection has a session of its own/);
    expect(found(checks, 'server version')?.words).toMatch(/^PostgreSQL 18/);
    expect(found(checks, 'role')?.words).toBe(
      'postgres is a superuser: it could rewrite the ledger and switch off what protects the data.',
    );
    expect(found(checks, 'backup')?.words).toBe('None recorded: there is no ledger yet.');
    expect(found(checks, 'tables')?.words).toBe(
      'Pending migrations name 1 table, and 1 that reference them.',
    );
    expect(found(checks, 'disk')?.words).toContain('The tables take ');
  });

  test('tells the newest backup that the ledger records', async () => {
    const place = await placeWith(SCHEMA);
    const connection = await openConnection(place.url);
    const ledger = new Ledger(connection, defaultLedgerNames);
    await ledger.install();
    expect(found(await place.look(), 'backup')?.words).toBe('None recorded in the ledger.');
    await ledger.append({ event: 'backup', migrationId: null, generation: null });
    expect(found(await place.look(), 'backup')).toMatchObject({
      status: 'ok',
      words: expect.stringMatching(
        /^The newest in the ledger is of \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
      ) as unknown,
    });
  });
});

describe('what surprises a run is told with what to do', () => {
  let checks: readonly Check[];
  let place: Place;
  const open: pg.Client[] = [];

  beforeAll(async () => {
    place = await placeWith(`${SCHEMA}
      create table items (id int primary key, order_id int references orders (id));
      create table audit (line text);
      create function note() returns trigger language plpgsql as 'begin insert into audit values (1); return null; end';
      create trigger noted after delete on orders for each row execute function note();
      create rule keep_items as on delete to items do also select 1;
      create view recent as select * from users;
      create materialized view totals as select count(*) from recent;
      create table bare (user_id int references users (id));
      create index on bare (user_id);
      create publication changes for table bare, users;`);
    await place.execute(`select pg_create_logical_replication_slot('reader', 'pgoutput')`);
    const [prepared, idle] = [new pg.Client(place.url), new pg.Client(place.url)];
    open.push(prepared, idle);
    for (const client of open) await client.connect();
    await prepared.query("begin; insert into audit values ('x'); prepare transaction 'left'");
    await idle.query('begin; select 1 from users');
    checks = await place.look();
  });

  afterAll(async () => {
    for (const client of open) await client.end();
    await place.execute("rollback prepared 'left'");
    await place.execute("select pg_drop_replication_slot('reader')");
  });

  test.each<[Check['name'], Check['status'], string, readonly string[]]>([
    [
      'foreign keys',
      'warn',
      '1 foreign key without an index: online, each removed row scans the table.',
      ['create index concurrently on "public"."items" ("order_id");'],
    ],
    [
      'triggers',
      'warn',
      'Removing rows runs trigger noted on orders, rule keep_items on items.',
      ['What they write to other tables must be declared: sideEffects in hygiene/config.'],
    ],
    [
      'materialized views',
      'warn',
      'They go on showing removed rows until they are refreshed: totals.',
      ['refresh materialized view "public"."totals";   -- after the run'],
    ],
    [
      'replica identity',
      'problem',
      'Published without a replica identity, so PostgreSQL refuses DELETE or UPDATE: bare.',
      ['alter table "public"."bare" replica identity full;   -- or give it a primary key'],
    ],
    [
      'logical subscribers',
      'warn',
      'Subscribers get each removed row as a change of its own: reader (nobody reads it).',
      ['reader keeps WAL until it is read: see to it before a large purge, or drop the slot.'],
    ],
    [
      'prepared transactions',
      'warn',
      '1 prepared transaction without an end: its locks stay until somebody ends it.',
      ["rollback prepared 'left';   -- or commit prepared"],
    ],
  ])('%s: %s', (...[name, status, words, remedy]) => {
    expect(found(checks, name)).toEqual({ name, status, words, remedy });
  });

  test('a transaction that is open for long, with the process to end', async () => {
    expect(found(checks, 'long transactions')?.status).toBe('ok');
    const check = await longTransactions(await openConnection(place.url), 0);
    expect(check).toMatchObject({ status: 'warn' });
    expect(check.words).toMatch(/^1 transaction open for more than 0 minutes/);
    expect(check.remedy[0]).toMatch(
      /^process \d+ \(postgres, idle in transaction\), 0 min: select pg_terminate_backend\(\d+\);$/,
    );
  });

  test('a migration that names what is not there', async () => {
    expect(found(await place.look(place.url, ['user', 'orders']), 'tables')).toMatchObject({
      status: 'problem',
      words:
        'Migrations name what is not there: There is no table "user" in the search path (public).',
    });
  });
});

describe('a role', () => {
  test('that may too little is told what it lacks, with the grants', async () => {
    const place = await placeWith(`${SCHEMA}
      create role poor login password 'secret';
      grant select on users to poor;
      alter table orders enable row level security;
      grant select, update, delete on orders to poor;`);
    const other = new pg.Client(place.url);
    await other.connect();
    const checks = await place.look(as('poor', place.url));
    await other.end();
    expect(found(checks, 'role')).toMatchObject({ status: 'ok' });
    expect(found(checks, 'rights')).toMatchObject({
      status: 'problem',
      remedy: ['grant update, delete on "public"."users" to "poor";'],
    });
    expect(found(checks, 'row-level security')).toMatchObject({
      status: 'problem',
      remedy: ['Run as the owner of the tables, or: alter role "poor" bypassrls;'],
    });
    expect(found(checks, 'ledger')).toMatchObject({
      status: 'problem',
      words: 'Not installed, and poor may not create schemas in this database.',
    });
    expect(found(checks, 'long transactions')).toMatchObject({ status: 'unknown' });
    expect(found(checks, 'disk')).toMatchObject({ status: 'unknown' });
    await new Ledger(await openConnection(place.url), defaultLedgerNames).install();
    const after = found(await place.look(as('poor', place.url)), 'ledger');
    expect(after).toMatchObject({ status: 'problem', words: 'poor may not read the ledger.' });
  });

  test('that may more than a run needs is told what to take from it', async () => {
    const place = await placeWith(`${SCHEMA}
      create role rich login createdb createrole replication bypassrls password 'secret';
      grant pg_write_all_data to rich;
      grant select on all tables in schema public to rich;
      grant create on database place_${String(databases + 1)} to rich;`);
    const url = as('rich', place.url);
    expect(found(await place.look(url), 'role')).toEqual({
      name: 'role',
      status: 'warn',
      words:
        'rich has more than a run needs: CREATEROLE, CREATEDB, REPLICATION, ' +
        'BYPASSRLS (needed only where row-level security hides rows), pg_write_all_data (rights on every table).',
      remedy: [
        'alter role "rich" nocreaterole nocreatedb noreplication nobypassrls;',
        'revoke pg_write_all_data from "rich";',
      ],
    });
    await new Ledger(await openConnection(url), defaultLedgerNames).install();
    expect(found(await place.look(url), 'ledger')).toMatchObject({
      status: 'warn',
      words: 'rich owns the ledger, so it could change what it has recorded.',
    });
  });
});

test.each([
  ['track_counts = off', /^track_counts is off: .+ refused\.$/],
  ['session_replication_role = replica', /^session_replication_role is replica: .+ refused\.$/],
])('a database with %s is a problem', async (setting, words) => {
  const place = await placeWith(SCHEMA);
  await place.execute(`alter database place_${String(databases)} set ${setting}`);
  const check = found(await place.look(), 'statistics');
  expect(check?.status).toBe('problem');
  expect(check?.words).toMatch(words);
});

test('on the embedded database what it does not have is not looked at', async () => {
  await withEmbedded(async (connection) => {
    await connection.script(SCHEMA);
    const checks = await look(connection, 'postgres://nobody@localhost/x', ['users']);
    expect(statuses(checks)).toEqual({
      connection: 'warn',
      'server version': 'ok',
      statistics: 'ok',
      'materialized views': 'ok',
      backup: 'warn',
      role: 'warn',
      ledger: 'ok',
      tables: 'ok',
      rights: 'ok',
      'foreign keys': 'ok',
      triggers: 'ok',
      'row-level security': 'ok',
    });
    expect(found(checks, 'connection')?.words).toMatch(/^The embedded database is for trials/);
  });
});
