import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, purgeDemoUsers, Workbench } from './workbench.ts';
import { contents, countOf, events, expectRefused } from './witness.ts';

const ID = '20260101000000_purge_demo_users';

let database: TestDatabase;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
});

describe('a role that is not the owner', () => {
  let role: string;
  let bench: Workbench;

  beforeEach(async () => {
    role = `cleaner_${randomBytes(4).toString('hex')}`;
    await database.execute(`
      create role ${role} login password 'secret';
      grant create on database "${database.name}" to ${role};
      grant select, update, delete on users, live_sessions, payments to ${role};
      grant select on admins, reports to ${role};`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    bench = new Workbench(url.href).write(`${ID}.ts`, purgeDemoUsers());
  });

  afterEach(async () => {
    await database.execute(`drop owned by ${role} cascade; drop role ${role};`);
  });

  test('without the rights is refused with the exact grants', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_PRIVILEGES',
        exit: 7,
        says: [
          `Role "${role}" lacks rights on 2 tables`,
          `grant update, delete on reports to "${role}";`,
          `grant select, update, delete on subscriptions to "${role}";`,
        ],
      },
    );
  });

  test('with exactly these grants does the whole job', async () => {
    const error = await bench.upError();
    await database.execute(String(error.hint));
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(20);
  });

  test('without the right to create the ledger is refused, and told why', async () => {
    await database.execute(`revoke create on database "${database.name}" from ${role}`);
    const before = await contents(database);
    const error = await bench.upError();
    expect(error.code).toBe('HYG_REFUSED_PRIVILEGES');
    expect(error.exitCode).toBe(7);
    expect(`${error.message}\n${String(error.hint)}`).toMatch(/init --print-sql/);
    expect(await contents(database)).toEqual(before);
    expect(await events(database)).toEqual([]);
  });

  test.each([
    ['a purge', "purge(rows('reports', sql`id < 10`))", ''],
    ['a scrub', "scrub(rows('reports', sql`id < 10`), { set: { title: 'x' } })", ''],
  ])('from whom row-level security hides rows is refused: %s', async (_, up, more) => {
    await database.execute(`
      grant all on reports to ${role};
      alter table reports enable row level security;
      create policy mine on reports to ${role} using (id < 5);`);
    bench.write(`${ID}.ts`, migration({ up, more }));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_RLS',
        exit: 7,
        says: [
          'Row-level security would hide rows of reports',
          role,
          `alter role "${role}" bypassrls`,
        ],
      },
    );
  });

  test('from whom row-level security hides rows of an sql step is refused by PostgreSQL', async () => {
    await database.execute(`
      grant all on reports to ${role};
      alter table reports enable row level security;
      create policy mine on reports to ${role} using (id < 5);`);
    const more = "irreversible: 'a test', budget: { max: 10 },";
    bench.write(`${ID}.ts`, migration({ up: 'sql`delete from reports where id < 10`', more }));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_PRIVILEGES',
        exit: 7,
        says: ['row-level security', 'reports', 'sees all rows'],
      },
    );
  });
});

describe('tables that are published and have no replica identity', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
    await database.execute(`
      alter table live_sessions replica identity nothing;
      alter table payments replica identity nothing;
      create publication everything for all tables;`);
  });

  test('are refused before anything is selected, with what mends it', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_REPLICA_IDENTITY',
        exit: 7,
        says: [
          'live_sessions is published and has no replica identity: PostgreSQL refuses to delete its rows (2 tables)',
          'alter table live_sessions replica identity full;',
          'alter table payments replica identity full;',
        ],
      },
    );
  });

  test('are refused by the plan too; the lines of the hint are enough', async () => {
    const refusals = (await bench.plan()).migrations.flatMap((planned) => planned.refusals);
    expect(refusals.map(({ code }) => code)).toEqual(['HYG_REFUSED_REPLICA_IDENTITY']);
    const lines = String(refusals[0]?.hint).matchAll(/^alter table .*$/gm);
    await database.execute([...lines].join('\n'));
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(20);
  });

  test('are named by their partitions where they have some, which is where it counts', async () => {
    await database.execute(`
      drop publication everything;
      create table visits (id int, year int) partition by range (year);
      create table visits_1 partition of visits for values from (1) to (2);
      create table visits_2 partition of visits for values from (2) to (3) partition by range (year);
      create table "Visits_2b" partition of visits_2 for values from (2) to (3);
      create table visits_3 partition of visits for values from (3) to (4);
      alter table visits_3 replica identity full;
      alter table visits replica identity full;
      insert into visits select id, 1 + id % 3 from users;
      create publication visited for table visits;`);
    const up = "purge(rows('visits', sql`id < 10`))";
    bench.write(`${ID}.ts`, migration({ up, more: '' }));
    const error = await bench.upError();
    expect(error.message).toContain('visits_1 is published and has no replica identity');
    const lines = String(error.hint).match(/^alter table .*$/gm);
    expect(lines).toEqual([
      'alter table visits_1 replica identity full;',
      'alter table "Visits_2b" replica identity full;',
    ]);
    await database.execute(String(lines?.join('\n')));
    expect((await bench.up()).error).toBeNull();
  });

  test('may be published without what a step does to them', async () => {
    await database.execute("alter publication everything set (publish = 'insert, truncate')");
    expect((await bench.up()).error).toBeNull();
  });
});

describe('under the production marker', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
    await installOperation(bench.world(), { ...bench.options(), mark: 'production' });
  });

  test('a run without confirmation is refused, with the flag to give', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_CONFIRM',
        exit: 7,
        says: [
          `"${database.name}" is marked production`,
          `--confirm ${database.name}`,
          'HYGIENE_CONFIRM=',
        ],
        ledger: [],
      },
    );
  });

  test('a confirmation that names another database is refused', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_REFUSED_CONFIRM',
        exit: 7,
        says: ['names "shop"', `this is database "${database.name}"`, 'Check the target first'],
        ledger: [],
        up: { confirm: 'shop' },
      },
    );
  });

  test('a confirmation that names it is enough, and nothing pending asks for none', async () => {
    const report = await bench.up({ confirm: database.name });
    expect(report.error).toBeNull();
    expect(report.environment).toBe('production');
    expect((await bench.up()).error).toBeNull();
    expect(await database.query('select distinct environment from hygiene.ledger')).toEqual([
      { environment: 'production' },
    ]);
  });
});

test('another environment asks for a confirmation when the config says so', async () => {
  const bench = new Workbench(database.url)
    .write(`${ID}.ts`, purgeDemoUsers())
    .write(
      'config.ts',
      "import { defineConfig } from 'pg-hygiene';\nexport default defineConfig({ environments: { staging: { confirm: true } } });\n",
    );
  await installOperation(bench.world(), { ...bench.options(), mark: 'staging' });
  await expectRefused(
    { bench, database },
    { code: 'HYG_REFUSED_CONFIRM', exit: 7, says: ['is marked staging'], ledger: [] },
  );
  expect((await bench.up({ confirm: database.name })).error).toBeNull();
});

describe('what changes after a migration was applied', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench(database.url).write(
      `${ID}.ts`,
      purgeDemoUsers({
        verify:
          "await expect.none(demoUsers); await expect.count('admins', 1); await expect.none(rows('reports', sql`title = 'x'`));",
      }),
    );
    await bench.up();
  });

  test('a second admin is none of its business', async () => {
    await database.execute(
      "insert into admins (email, name, password_hash) values ('b@corp-mail.io', 'B', 'x')",
    );
    const [verified] = (await bench.verify()).migrations;
    expect(verified?.checks.map(({ passed }) => passed)).toEqual([true, true]);
    bench.write(
      '20260102000000_more.ts',
      migration({
        up: "purge(rows('reports', sql`true`))",
        verify: "await expect.count('admins', 2);",
      }),
    );
    expect((await bench.up()).error).toBeNull();
  });

  test.each([
    ['table', 'drop table reports', '"reports"'],
    ['column', 'alter table reports drop column title', 'title'],
  ])('a lasting check whose %s is gone is obsolete, and no failure', async (_, change, name) => {
    await database.execute(change);
    const [verified] = (await bench.verify()).migrations;
    expect(verified?.checks).toEqual([
      expect.objectContaining({ passed: true }),
      expect.objectContaining({
        passed: true,
        obsolete: true,
        actual: expect.stringContaining(name),
      }),
    ]);
    expect((await bench.up()).error).toBeNull();
  });
});
