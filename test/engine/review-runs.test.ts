import { beforeEach, describe, expect, test } from '@jest/globals';

import { SerialQueue } from '../../src/runner/serial-queue.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { countOf, events } from './witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_cleanup';
const more = "irreversible: 'a test', budget: { max: 50_000 },";

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

function write(up: string, verify?: string, name = ID): void {
  const parts = { up, more, ...(verify === undefined ? {} : { verify }) };
  bench.write(`${name}.ts`, migration(parts));
}

function setting(name: string, value: string): Promise<void> {
  return database.execute(`alter database "${database.name}" set ${name} = ${value}`);
}

async function lastError(): Promise<string> {
  const [row] = await database.query<{ error: string }>(
    'select error::text as error from hygiene.ledger order by seq desc limit 1',
  );
  return row?.error ?? '';
}

describe('work that an author did not await', () => {
  test('is not done in the transaction that records the failure', async () => {
    write(`async ({ db }) => {
      const stray = async () => {
        for (let id = 0; id < 400; id += 1) {
          await db.raw('delete from live_sessions where id = ' + id).catch(() => undefined);
        }
      };
      void stray();
      await db.raw('select 1');
      await db.raw('select 2');
      throw new Error('boom');
    }`);
    const before = await countOf(database, 'live_sessions');
    expect((await bench.upError()).code).toBe('HYG_RUN_FAILED');
    expect(await countOf(database, 'live_sessions')).toBe(before);
  });

  test('is not begun after a piece before it failed, nor after the end', async () => {
    const queue = new SerialQueue();
    const begun: string[] = [];
    const piece = (name: string) => (): Promise<void> => {
      begun.push(name);
      return Promise.reject(new Error(name));
    };
    const both = Promise.all([queue.add(piece('refused')), queue.add(piece('beside'))]);
    await expect(both).rejects.toThrow('refused');
    await expect(queue.drained()).rejects.toThrow('refused');
    void queue.add(piece('after the end'));
    await queue.close();
    expect(begun).toEqual(['refused']);
  });
});

describe('what the ledger says was removed', () => {
  test('was not taken back by a savepoint of the author', async () => {
    write(`async ({ db, purge }) => {
      await db.raw('savepoint mine');
      await purge(rows('live_sessions', sql\`true\`));
      await db.raw('rollback to savepoint mine');
    }`);
    expect((await bench.upError()).code).toBe('HYG_RUN_TRANSACTION_CONTROL');
  });

  test('stays so where a savepoint takes back only what came after', async () => {
    write(`async ({ db, purge }) => {
      await purge(rows('reports', sql\`id = 1\`));
      await db.transaction(async () => { await purge(rows('reports', sql\`id = 2\`)); });
      await db.raw('savepoint mine');
      await db.raw('select 1');
      await db.raw('rollback to savepoint mine');
    }`);
    expect(evidenceOf(await bench.up()).tables).toMatchObject([{ table: 'reports', removed: 2 }]);
  });

  test('has the rows of an sql step in a table that a purge touched too', async () => {
    write('[purge(rows("reports", sql`id <= 5`)), sql`delete from reports where id <= 20`]');
    const [table] = evidenceOf(await bench.up()).tables;
    expect(table).toMatchObject({ table: 'reports', planned: 20, removed: 20, archived: 5 });
  });

  test('holds also where a materialized view is refreshed', async () => {
    await database.execute('create materialized view copied as select * from reports');
    write('[purge(rows("reports", sql`id <= 5`)), sql`refresh materialized view copied`]');
    expect(evidenceOf(await bench.up()).tables).toMatchObject([{ table: 'reports', removed: 5 }]);
    expect(await countOf(database, 'copied where id <= 5')).toBe(0);
  });
});

describe('expect.unchanged', () => {
  const up =
    "[scrub(rows('users', sql`id = 1`), { set: { email: 'x@y.io' } }), sql`delete from reports`]";
  const dividesByZero =
    'await expect.sql(sql`select n from (select 1 / (case when exists (select from reports) then 0 else 1 end) as n) as one where n < 0`);';

  test('compares with the state before although a later check failed then', async () => {
    write(up, `await expect.unchanged('users'); ${dividesByZero}`);
    const error = await bench.upError();
    expect(error.code).toBe('HYG_VERIFY_FAILED');
    expect(error.message).toContain('users unchanged');
  });

  test('does not pass when verify never came so far before', async () => {
    write(up, `${dividesByZero} await expect.unchanged('users');`);
    const error = await bench.upError();
    expect(error.code).toBe('HYG_VERIFY_ERROR');
    expect(error.message).toContain('proves nothing');
  });
});

describe('settings of the database or the role', () => {
  test('without standard_conforming_strings a predicate keeps its backslashes', async () => {
    await setting('standard_conforming_strings', 'off');
    await database.execute(
      "update reports set title = case id when 1 then 'axb' else 'a.b' end where id <= 2",
    );
    write("purge(rows('reports', sql`title ~ '^a\\.b$'`))");
    expect(evidenceOf(await bench.up()).tables).toMatchObject([{ table: 'reports', removed: 1 }]);
    expect(await countOf(database, "reports where title = 'axb'")).toBe(1);
  });

  test('a time zone does not shift the border of a protected set', async () => {
    await setting('timezone', "'America/New_York'");
    await database.execute("update reports set created_at = '2020-01-01 02:00+00' where id = 1");
    bench.write(
      'config.ts',
      "import { defineConfig, rows, sql } from 'pg-hygiene';\n" +
        "export default defineConfig({ protect: [rows('reports', sql`created_at < '2020-01-01'`)] });",
    );
    write('[sql`delete from reports where id = 1`]');
    expect((await bench.upError()).code).toBe('HYG_RUN_PROTECTED_CHANGED');
  });

  test('what a migration sets for the session ends with it', async () => {
    await database.execute('create schema other; create table other.reports (id int primary key)');
    await database.execute('insert into other.reports values (1), (2)');
    const verify = "await expect.atLeast('public.admins', 0);";
    write('[sql`set search_path = other`, sql`delete from other.reports where id = 1`]', verify);
    write("purge(rows('reports', sql`id = 2`))", verify, '20260102000000_next');
    const report = await bench.up();
    expect(evidenceOf(report, 1).tables).toMatchObject([{ table: 'reports', removed: 1 }]);
    expect(await countOf(database, 'other.reports')).toBe(1);
  });

  test('a database that takes no writes is told as such before there is a ledger', async () => {
    await setting('default_transaction_read_only', 'on');
    write('[sql`delete from reports where id = 2`]');
    const error = await bench.upError();
    expect([error.code, error.exitCode]).toEqual(['HYG_DB_READ_ONLY', 8]);
  });

  test('a database that takes no writes is told as such later', async () => {
    write('[sql`delete from reports where id = 1`]');
    await bench.up();
    await setting('default_transaction_read_only', 'on');
    write('[sql`delete from reports where id = 2`]', undefined, '20260102000000_next');
    const error = await bench.upError();
    expect([error.code, error.exitCode]).toEqual(['HYG_DB_READ_ONLY', 8]);
  });

  test.each(['public', 'pg_catalog', 'hygiene_archive'])(
    'the ledger is not put into the schema %s',
    async (schema) => {
      bench.write(
        'config.ts',
        `import { defineConfig } from 'pg-hygiene';\nexport default defineConfig({ schemas: { ledger: '${schema}' } });`,
      );
      write('[sql`delete from reports where id = 1`]');
      const may = "select has_schema_privilege('public', 'public', 'usage') as may";
      const before = await database.query(may);
      expect((await bench.upError()).code).toBe('HYG_CONFIG_INVALID');
      expect(await database.query(may)).toEqual(before);
    },
  );
});

describe('an error', () => {
  test('of a value that does not fit is told and recorded without the value', async () => {
    write("purge(rows('users', sql`email::int > 0`))");
    const error = await bench.upError();
    expect(error.code).toBe('HYG_PLAN_BAD_PREDICATE');
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('@');
    expect(await lastError()).not.toContain('@');
  });

  test('of a statement by knex is told and recorded without bound values', async () => {
    write("async ({ db }) => { await db('users').where('nothing', 'secret@corp.io').del(); }");
    const error = await bench.upError();
    expect(error.message).toContain('nothing');
    expect(`${error.message} ${await lastError()}`).not.toContain('secret@corp.io');
  });

  test('of a lock that a check waits for is no failed check', async () => {
    write('[sql`delete from reports where id = 1`]', "await expect.atLeast('admins', 1);");
    const client = await database.connect();
    await client.query('begin; lock table admins in access exclusive mode');
    const error = await bench.upError({ rowLockTimeoutMs: 50 });
    expect([error.code, error.exitCode]).toEqual(['HYG_LOCK_BUSY', 6]);
    await client.query('rollback');
  });

  test('of a terminated session is recorded over a new connection', async () => {
    write("async ({ db }) => { await db.raw('select pg_terminate_backend(pg_backend_pid())'); }");
    const error = await bench.upError();
    expect([error.code, error.exitCode]).toEqual(['HYG_DB_CONNECTION_LOST', 8]);
    expect((await events(database))[1]).toMatch(/^failed/);
  });
});

test('a schema of the same name that holds tables of others is not taken over', async () => {
  const taken = await freshDatabase('sample.sql');
  await taken.execute('create schema hygiene; create table hygiene.notes (id int)');
  const bench = new Workbench(taken.url).write('20260101000000_purge.ts', purgeDemoUsers());
  const error = await bench.upError();
  expect(error).toMatchObject({ code: 'HYG_LEDGER_SCHEMA_TAKEN', exitCode: 2 });
  expect(error.message).toContain('Schema "hygiene" holds 1 relation');
  await taken.execute('create table hygiene.ledger (id int, brushed_at date)');
  const other = await bench.upError();
  expect(other).toMatchObject({ code: 'HYG_LEDGER_SCHEMA_TAKEN', exitCode: 2 });
  expect(other.message).toContain('hygiene.ledger is there, and is not the ledger');
});
