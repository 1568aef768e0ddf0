import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { rolesScript } from '../../src/ledger/ddl.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { installLedger } from '../ledger/installed-ledger.ts';
import { loginRole } from '../privileges/login-role.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { ID, SAMPLE_CONFIG } from './application.ts';
import { serve, type Served, stopAll } from './served.ts';

afterAll(stopAll);

const pageOf = (tables: string): string => `
import { defineConfig } from 'pg-hygiene';
export default defineConfig({
  dashboard: { pages: [{ title: 'Users', tables: [${tables}] }] },
});
`;

interface Problem {
  readonly error: { readonly code: string; readonly message: string };
}

interface Rows {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly state: string;
  readonly total: number;
  readonly hidden: readonly string[];
  readonly view: string;
}

describe('what an address asks', () => {
  let database: TestDatabase;
  let served: Served;
  beforeAll(async () => {
    database = await freshDatabase('sample.sql');
    served = await serve({ cwd: createProject({ config: SAMPLE_CONFIG }), url: database.url });
  });

  const users = '/api/pages/user-management/users';

  test.each([
    ['page=0'],
    ['page=-1'],
    ['page=1e3'],
    ['page=99999999999999999999'],
    ['page=401'],
    ['page=14'],
    ["page=1'; drop table users; --"],
    ['sort=password_hash'],
    ['sort=id;drop table users'],
    ['sort=(select 1)'],
    ['sort=__proto__'],
    ['sort=email&direction=desc;'],
    [`search=${'x'.repeat(101)}`],
    ['search=a%00b'],
  ])('%s is refused with a reason', async (query) => {
    const answer = await served.get(`${users}?${query}`);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as Problem;
    expect(error.code).toBe('HYG_USAGE');
    const page = await served.get(`/pages/user-management?table=users&${query}`);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('HYG_USAGE');
  });

  test('a search is a value, never a part of the statement', async () => {
    const search = encodeURIComponent(`' or 1=1 --`);
    const answer = (await (await served.get(`${users}?search=${search}`)).json()) as Rows;
    expect(answer).toMatchObject({ rows: [], state: 'no match', total: 0 });
    expect(await database.query('select count(*)::int as n from users')).toEqual([{ n: 320 }]);
  });

  test.each([
    ['/pages/nothing', 400],
    ['/nothing', 404],
    ['/ledger/abc', 404],
    ['/ledger/1', 404],
    ['/ledger?event=evil', 400],
    ['/ledger?before=-1', 400],
    [`/migrations/${ID}`, 404],
    ['/migrations/%2e%2e%2fconfig', 404],
    ['/assets/../config.ts', 404],
    ['/api/pages/user-management/nothing', 400],
  ])('%s is answered with %d and a page that helps', async (path, status) => {
    const answer = await served.get(path);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(/HYG_/);
  });

  test('rows come with what a program needs, and with nothing that is not listed', async () => {
    const answer = await served.get('/api/pages/user-management/admins');
    const admins = (await answer.json()) as Rows;
    expect(admins).toMatchObject({
      schemaVersion: 1,
      ...{
        title: 'Admins',
        page: 1,
        pages: 1,
        pageSize: 25,
        total: 1,
        isMore: false,
        state: 'rows',
      },
      columns: [{ column: 'email' }, { column: 'name' }, { column: 'last_login_at' }],
      hidden: ['id', 'password_hash'],
      rows: [['margit.olsen@corp-mail.io', 'Margit Olsen', '2026-01-09 07:42:00+00']],
    });
    expect(JSON.stringify(admins)).not.toContain('$2b$');
  });
});

describe('a page that does not fit the database', () => {
  test.each([
    [`{ table: 'customers', columns: ['id'] }`, 'There is no table customers'],
    [`{ table: ['crm', 'users'], columns: ['id'] }`, 'There is no table crm.users'],
    [`{ table: 'users', columns: ['id', 'phone'] }`, 'The table users has no column phone'],
  ])('%s says what is gone, and the other tables are shown', async (table, message) => {
    const { url } = await freshDatabase('sample.sql');
    const config = pageOf(`${table}, { table: 'admins', columns: ['email'] }`);
    const served = await serve({ cwd: createProject({ config }), url });
    const page = await served.get('/pages/users');
    const text = await page.text();
    expect(text).toContain('HYG_PAGE_OUTDATED');
    expect(text).toContain(message);
    expect(text).toContain('margit.olsen@corp-mail.io');
    await served.stop();
  });

  test('columns that nobody listed are masked, and no value is sent in clear', async () => {
    const { url } = await freshDatabase('sample.sql');
    const config = pageOf(
      `{ table: 'admins' }, { table: 'users', columns: ['id', { column: 'email', masked: true }] }`,
    );
    const served = await serve({ cwd: createProject({ config }), url });
    const text = await (await served.get('/pages/users')).text();
    expect(text).toContain('m***.o***@c***-m***.i*');
    expect(text).not.toMatch(/margit|Olsen|@example|\$2b\$12\$R9h7/);
    const sorted = await served.get('/api/pages/users/users?sort=email');
    expect(sorted.status).toBe(400);
    await served.stop();
  });

  test('a table without key, a view, capitals, NULLs and long values are shown', async () => {
    const database = await freshDatabase();
    await database.execute(`
      create table "Odd Name" ("Column" text, n numeric);
      insert into "Odd Name" values (repeat('x', 500), 1.50), (null, null);
      create view seen as select 1 as one;
    `);
    const config = pageOf(
      `{ table: 'Odd Name', columns: ['Column', 'n'] }, { table: 'seen', columns: ['one'] }`,
    );
    const served = await serve({ cwd: createProject({ config }), url: database.url });
    const odd = (await (await served.get('/api/pages/users/odd-name')).json()) as Rows;
    expect(odd.rows).toEqual([
      [`${'x'.repeat(200)}…`, '1.50'],
      [null, null],
    ]);
    const seen = (await (await served.get('/api/pages/users/seen')).json()) as Rows;
    expect(seen.rows).toEqual([['1']]);
    await served.stop();
  });
});

describe('a role that may only read the ledger', () => {
  test('sees every page, and its own words where it may not look', async () => {
    const database = await freshDatabase('sample.sql');
    const { connection } = await installLedger(database.url);
    await connection.script(rolesScript(defaultLedgerNames));
    await connection.close();
    const reader = await loginRole(database);
    await database.execute(`
      grant hygiene_reader to ${reader.name};
      grant select on users, live_sessions, payments, reports to ${reader.name};
      grant select (email, name, last_login_at) on admins to ${reader.name};
    `);
    const cwd = createProject({ config: SAMPLE_CONFIG });
    const served = await serve({ cwd, url: reader.url });
    for (const path of [
      '/',
      '/ledger',
      '/migrations',
      '/scan',
      '/progress',
      '/pages/user-management',
    ]) {
      expect([path, (await served.get(path)).status]).toEqual([path, 200]);
    }
    expect((await served.get('/metrics')).status).toBe(200);
    const refused = await served.get('/api/pages/payments/subscriptions');
    expect(refused.status).toBe(403);
    await served.stop();
  });
});

describe('the transactions of the dashboard', () => {
  test('can change nothing, and end by themselves', async () => {
    const database = await freshDatabase('sample.sql');
    await database.execute(`
      create function write_one() returns int language plpgsql as $$
      begin insert into reports (author_id, title) values (1, 'written by a page'); return 1; end $$;
      create view writing as select write_one() as n;
      create view sleeping as select pg_sleep(60)::text as n;
    `);
    const config = pageOf(
      `{ table: 'writing', columns: ['n'] }, { table: 'sleeping', columns: ['n'] }`,
    );
    const cwd = createProject({ config });
    const served = await serve({ cwd, url: database.url, argv: ['--statement-timeout', '0.2'] });
    expect((await served.get('/api/pages/users/writing')).status).toBe(403);
    expect((await served.get('/api/pages/users/sleeping')).status).toBe(504);
    expect(await database.query("select from reports where title = 'written by a page'")).toEqual(
      [],
    );
    await served.stop();
  });
});
