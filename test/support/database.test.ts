import { describe, expect, test } from '@jest/globals';
import { createDatabase, freshDatabase, templateFor, useDatabase } from './database.ts';

describe('a database of the test file', () => {
  const database = useDatabase('sample.sql');

  test('holds the sample application with its data', async () => {
    const counts = await database.query<{ table: string; rows: number }>(`
      select 'admins' as table, count(*)::int as rows from admins
      union all select 'demo users', count(*)::int from users where email like '%@example.com'
      union all select 'live_sessions', count(*)::int from live_sessions
      union all select 'payments', count(*)::int from payments
      union all select 'reports', count(*)::int from reports
      union all select 'subscriptions', count(*)::int from subscriptions
      union all select 'users', count(*)::int from users
      order by 1
    `);
    expect(Object.fromEntries(counts.map(({ table, rows }) => [table, rows]))).toEqual({
      admins: 1,
      'demo users': 300,
      live_sessions: 640,
      payments: 320,
      reports: 106,
      subscriptions: 320,
      users: 320,
    });
  });

  test('runs on PostgreSQL 18 as a superuser, with the settings that the engine asserts', async () => {
    const rows = await database.query(`
      select
        current_setting('server_version_num')::int / 10000 as version,
        current_setting('is_superuser') as superuser,
        current_setting('track_counts') as track_counts,
        current_setting('max_connections') as max_connections
    `);
    expect(rows).toEqual([
      { version: 18, superuser: 'on', track_counts: 'on', max_connections: '100' },
    ]);
  });

  test('is not seen by another database made from the same template', async () => {
    await database.execute('delete from live_sessions; delete from reports');
    const other = await freshDatabase('sample.sql');
    expect(other.name).not.toBe(database.name);
    expect(await other.query('select count(*)::int as n from reports')).toEqual([{ n: 106 }]);
    expect(await database.query('select count(*)::int as n from reports')).toEqual([{ n: 0 }]);
  });
});

test('a template that several ask for at once is made once', async () => {
  const names = await Promise.all([1, 2, 3, 4].map(() => templateFor('sample.sql')));
  expect(new Set(names).size).toBe(1);
});

test('databases made at the same time have names of their own', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => freshDatabase()));
  const names = await Promise.all(
    databases.map((database) => database.query('select current_database() as name')),
  );
  expect(names.flat()).toEqual(databases.map(({ name }) => ({ name })));
  expect(new Set(databases.map(({ name }) => name)).size).toBe(4);
});

test('a dropped database is gone, with the sessions that still used it', async () => {
  const database = await createDatabase();
  const stranger = await createDatabase();
  const session = await database.connect();
  await session.query('begin');
  await database.drop();
  await database.drop();
  await expect(session.query('select 1')).rejects.toThrow();
  expect(
    await stranger.query('select from pg_database where datname = $1', [database.name]),
  ).toEqual([]);
  await stranger.drop();
});
