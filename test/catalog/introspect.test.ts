import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { introspect } from '../../src/catalog/introspect.ts';
import {
  type Catalog,
  findColumn,
  findTable,
  type ForeignKey,
  type Table,
  tableByOid,
} from '../../src/catalog/model.ts';
import { firingTriggers } from '../../src/catalog/partitions.ts';
import type { Connection } from '../../src/database/connection.ts';
import { rawSql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';
import { connectTo } from './connect.ts';

const schema = `
  create schema billing;
  create schema "my.schema";
  create schema hygiene;

  create table users (
    id bigint generated always as identity primary key,
    email varchar(20) not null,
    email_lower text generated always as (lower(email)) stored,
    state text not null default 'new',
    manager_id bigint references users on delete set null
  );
  create index on users (manager_id) where manager_id is not null;

  create table tenants (region text, number int, code text not null, primary key (region, number));
  create unique index on tenants (code, region, number);
  create table members (
    tenant_number int not null, tenant_region text not null, tenant_code text,
    constraint by_key foreign key (tenant_number, tenant_region)
      references tenants (number, region) on delete cascade deferrable initially deferred,
    constraint by_unique foreign key (tenant_code, tenant_number, tenant_region)
      references tenants (code, number, region) on delete set null (tenant_code)
  );
  create index on members (tenant_region, tenant_number, tenant_code);

  create table billing.invoices (id int primary key, user_id bigint, note text);
  alter table billing.invoices add constraint old_users
    foreign key (user_id) references users on delete restrict not valid;
  create table "User" ("Id" int primary key, "ownerId" bigint references users on delete set default);
  create table "my.schema"."my.table" (id int primary key);
  create table hygiene.ledger (seq int primary key);

  create table nameless (a int, b text);
  create unique index on nameless (a);
  create table by_index (a int not null, b int not null, c int not null, d int);
  create unique index on by_index (a, b);
  create unique index on by_index (c);
  create unique index on by_index (b) where b > 0;
  create unique index on by_index ((a + b));
  create unique index on by_index (d);
  alter table by_index add constraint lazy unique (a) deferrable;

  create table events (id bigint, at date, user_id bigint references users, primary key (id, at))
    partition by range (at);
  create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')
    partition by range (at);
  create table events_2026_01 partition of events_2026 for values from ('2026-01-01') to ('2026-02-01');
  alter table events_2025 add constraint leaf_only foreign key (user_id) references users (id);
  create table event_notes (
    id int primary key, event_id bigint, event_at date,
    foreign key (event_id, event_at) references events
  );
  create index on events_2025 (user_id);
  create index on events_2026_01 (user_id);

  create table base (id int primary key);
  create table special (extra text) inherits (base);
  create view user_view as select * from users;
  create materialized view user_copy as select * from users;

  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger audit after delete or update on events for each row execute function touch();
  create trigger counted after delete on events_2025 for each statement execute function touch();
  create trigger off before delete on users for each row execute function touch();
  alter table users disable trigger off;
  create rule keep_base as on delete to base do instead nothing;

  create role hygiene_reader_of_tests;
  create table guarded (id int primary key);
  alter table guarded enable row level security;
  grant select, delete on guarded to hygiene_reader_of_tests;
  grant usage on schema public to hygiene_reader_of_tests;
  grant select on billing.invoices to hygiene_reader_of_tests;

  insert into users (email) select 'u' || n from generate_series(1, 30) n;
  insert into events select n, '2025-01-01'::date + n * 30, n from generate_series(1, 13) n;
  analyze users, events_2025, events_2026_01;
`;

const database = useDatabase();
let connection: Connection;
let catalog: Catalog;

beforeAll(async () => {
  await database.execute(schema);
  connection = await connectTo(database.url);
  catalog = await introspect(connection, { excludeSchemas: ['hygiene'] });
});

afterAll(() => connection.close());

const table = (name: string, schemaName = 'public', from = catalog): Table =>
  tableByOid(from, findTable(from, schemaName, name)?.oid ?? -1);

const foreignKeys = (name: string): readonly ForeignKey[] =>
  catalog.foreignKeys.filter((key) => key.name === name);

describe('tables', () => {
  test('of PostgreSQL itself and of excluded schemas are left out', () => {
    const schemas = new Set([...catalog.tables.values()].map((each) => each.name.schema));
    expect([...schemas].sort()).toEqual(['billing', 'my.schema', 'public']);
  });

  test('with capitals and dots in their names are found as they are', () => {
    expect(findTable(catalog, 'public', 'User')?.key).toEqual(['Id']);
    expect(findTable(catalog, 'public', 'user')).toBeNull();
    expect(findTable(catalog, 'my.schema', 'my.table')).not.toBeNull();
  });

  test('have their kind', () => {
    const kinds = ['users', 'events', 'events_2026', 'events_2025', 'user_view', 'user_copy'];
    expect(kinds.map((name) => table(name).kind)).toEqual([
      'table',
      'partitioned',
      'partitioned',
      'table',
      'view',
      'materialized view',
    ]);
  });

  test('have columns with type, default, identity and generation', () => {
    const users = table('users');
    expect(findColumn(users, 'id')).toMatchObject({ type: 'bigint', identity: 'always' });
    expect(findColumn(users, 'email')).toEqual({
      name: 'email',
      type: 'character varying(20)',
      notNull: true,
      hasDefault: false,
      generated: null,
      identity: null,
    });
    expect(findColumn(users, 'email_lower')).toMatchObject({
      generated: 'stored',
      hasDefault: false,
    });
    expect(findColumn(users, 'state')).toMatchObject({ hasDefault: true, notNull: true });
    expect(findColumn(users, 'manager_id')).toMatchObject({ notNull: false });
  });

  test('are identified by the primary key, else by the smallest usable unique index', () => {
    expect(table('tenants').key).toEqual(['region', 'number']);
    expect(table('by_index').key).toEqual(['c']);
    expect(table('nameless').key).toBeNull();
  });

  test('know their place among partitions, and inheritance is no partition', () => {
    const root = table('events').oid;
    expect(table('events_2026_01')).toMatchObject({ partitionOf: table('events_2026').oid, root });
    expect(table('events').partitions).toEqual([
      table('events_2025').oid,
      table('events_2026').oid,
    ]);
    expect(table('base')).toMatchObject({
      partitions: [],
      inheritanceChildren: [table('special').oid],
    });
    expect(table('special')).toMatchObject({ partitionOf: null, root: table('special').oid });
  });

  test('have as many rows as the statistics say, added up over partitions', () => {
    expect(table('users').estimatedRows).toBe(30);
    expect(table('events').estimatedRows).toBe(13);
    expect(table('members').estimatedRows).toBeNull();
  });

  test('have the triggers and rules that people declared', () => {
    const events = table('events');
    expect(events.triggers).toEqual([
      {
        name: 'audit',
        timing: 'after',
        level: 'row',
        events: ['delete', 'update'],
        function: events.triggers[0]?.function,
        enabled: 'origin',
      },
    ]);
    expect(String(events.triggers[0]?.function)).toBe('touch');
    expect(table('events_2025').triggers.map((each) => each.name)).toEqual(['counted']);
    expect(table('users').triggers[0]).toMatchObject({ enabled: 'disabled', timing: 'before' });
    expect(table('base').deleteRules).toEqual(['keep_base']);
    expect(table('user_view').deleteRules).toEqual([]);
  });

  test('are subject to the triggers of the tables they are a partition of', () => {
    const names = (name: string): readonly string[] =>
      firingTriggers(catalog, table(name), 'delete').map((each) => each.trigger.name);
    expect(names('events_2025')).toEqual(['counted', 'audit']);
    expect(names('events')).toEqual(['audit']);
    expect(names('users')).toEqual([]);
  });
});

describe('foreign keys', () => {
  test('pair their columns in the order of the declaration', () => {
    expect(foreignKeys('by_key')).toEqual([
      expect.objectContaining({
        child: table('members').oid,
        childColumns: ['tenant_number', 'tenant_region'],
        parentColumns: ['number', 'region'],
        onDelete: 'cascade',
        deferrable: true,
        initiallyDeferred: true,
        indexed: true,
      }),
    ]);
  });

  test('to a unique key that is not the primary one keep the columns that SET NULL changes', () => {
    expect(foreignKeys('by_unique')).toEqual([
      expect.objectContaining({
        childColumns: ['tenant_code', 'tenant_number', 'tenant_region'],
        parentColumns: ['code', 'number', 'region'],
        onDelete: 'set null',
        setColumns: ['tenant_code'],
        indexed: true,
      }),
    ]);
  });

  test('say whether they are valid, and whether an index that counts serves them', () => {
    expect(foreignKeys('old_users')).toEqual([
      expect.objectContaining({ validated: false, indexed: false, onDelete: 'restrict' }),
    ]);
    expect(foreignKeys('users_manager_id_fkey')).toEqual([
      expect.objectContaining({ indexed: false, setColumns: null, validated: true }),
    ]);
    expect(foreignKeys('User_ownerId_fkey')).toEqual([
      expect.objectContaining({ onDelete: 'set default', childColumns: ['ownerId'] }),
    ]);
  });

  test('from and to partitioned tables are there once, without the copies for partitions', () => {
    const events = table('events').oid;
    expect(foreignKeys('events_user_id_fkey')).toEqual([
      expect.objectContaining({ child: events, indexed: true }),
    ]);
    expect(catalog.foreignKeys.filter((key) => key.child === table('event_notes').oid)).toEqual([
      expect.objectContaining({ parent: events, parentColumns: ['id', 'at'] }),
    ]);
    expect(foreignKeys('leaf_only')).toEqual([
      expect.objectContaining({ child: table('events_2025').oid }),
    ]);
  });

  test('may be NOT ENFORCED (PostgreSQL 18)', async () => {
    await connection.script(`
      begin;
      create table loose (user_id bigint constraint loose_user references users not enforced)`);
    const { foreignKeys: keys } = await introspect(connection);
    await connection.script('rollback');
    expect(keys.find((key) => key.name === 'loose_user')).toMatchObject({ enforced: false });
    expect(foreignKeys('by_key')[0]).toMatchObject({ enforced: true });
  });
});

describe('the current role', () => {
  test('that owns the tables may do everything and sees all rows', () => {
    const { rowSecurity, privileges } = table('guarded');
    expect(rowSecurity).toBe(false);
    expect(Object.values(privileges)).toEqual(Array(7).fill(true));
  });

  test('has only what was granted, and the schema must be granted too', async () => {
    await connection.query(rawSql('set role hygiene_reader_of_tests'));
    const seen = await introspect(connection);
    await connection.query(rawSql('reset role'));
    expect(table('guarded', 'public', seen)).toMatchObject({
      rowSecurity: true,
      privileges: { owner: false, select: true, delete: true, insert: false, truncate: false },
    });
    expect(table('users', 'public', seen).rowSecurity).toBe(false);
    expect(table('invoices', 'billing', seen).privileges.select).toBe(false);
  });

  test('may have a search path of its own', async () => {
    await connection.query(rawSql(`set search_path = billing, missing, "my.schema"`));
    const seen = await introspect(connection);
    await connection.query(rawSql('reset search_path'));
    expect(seen.searchPath).toEqual(['billing', 'my.schema']);
  });
});

test('A NOT NULL that was never validated does not make a unique index identify rows (PostgreSQL 18)', async () => {
  await connection.script(`
    begin;
    create table doubtful (a int unique);
    insert into doubtful values (null), (null);
    alter table doubtful add constraint filled not null a not valid`);
  const seen = await introspect(connection);
  await connection.script('rollback');
  expect(table('doubtful', 'public', seen).key).toBeNull();
  expect(findColumn(table('doubtful', 'public', seen), 'a')?.notNull).toBe(true);
});
