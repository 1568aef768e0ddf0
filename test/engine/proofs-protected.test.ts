import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { countOf, expectRefused } from './witness.ts';

const ID = '20260101000000_cleanup';
const FREE = "irreversible: 'a test', budget: { max: 5_000 },";
/** Where the migration waits until the other session has done its work. */
const WAIT = 'select pg_advisory_xact_lock(4711)';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
  protect("rows('admins', sql`true`), rows('users', sql`email like '%@corp-mail.io'`)");
});

function protect(sets: string): void {
  bench.write(
    'config.ts',
    `import { defineConfig, rows, sql } from 'pg-hygiene';\nexport default defineConfig({ protect: [${sets}] });\n`,
  );
}

/** Runs `up` and, while it waits, the statements of another session. */
async function upWhile(statements: string): ReturnType<Workbench['up']> {
  const other = await database.connect();
  await other.query('select pg_advisory_lock(4711)');
  const running = bench.up();
  await waiting(other);
  await other.query(statements);
  await other.query('select pg_advisory_unlock(4711)');
  return running;
}

async function waiting(observer: Client): Promise<void> {
  const question = `select from pg_locks
      where locktype = 'advisory' and objid = 4711 and not granted
        and database = (select oid from pg_database where datname = current_database())`;
  for (;;) {
    const { rowCount } = await observer.query(question);
    if (rowCount === 1) return;
  }
}

function remarks(): Promise<Record<string, unknown>[]> {
  return database.query(
    "select evidence -> 'remarks' as remarks from hygiene.ledger where event = 'applied'",
  );
}

const proves = "await expect.none(rows('reports', sql`id < 5`));";

describe('what other sessions do meanwhile', () => {
  beforeEach(() => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: `async ({ db }) => { await db.raw('${WAIT}'); await db('reports').where('id', '<', 5).del(); }`,
        more: FREE,
        verify: proves,
      }),
    );
  });

  test('an admin who logs in is no change of ours', async () => {
    const report = await upWhile("update admins set last_login_at = '2026-02-03'");
    expect(report.error).toBeNull();
    expect(await remarks()).toEqual([
      { remarks: ['1 protected rows of admins were changed meanwhile by other sessions.'] },
    ]);
    expect(await countOf(database, "admins where last_login_at = '2026-02-03'")).toBe(1);
  });

  test('an admin who is created or deleted by somebody else is no change of ours', async () => {
    const report = await upWhile(
      "delete from admins; insert into admins (email, name, password_hash) values ('b@corp-mail.io', 'B', 'x')",
    );
    expect(report.error).toBeNull();
    expect(await remarks()).toEqual([
      { remarks: ['1 protected rows of admins were changed meanwhile by other sessions.'] },
    ]);
    expect(await countOf(database, "admins where email = 'b@corp-mail.io'")).toBe(1);
  });

  test('a protected row that both of us change is ours', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: `async ({ db }) => { await db.raw('${WAIT}'); await db('admins').update({ name: 'Somebody' }); }`,
        more: FREE,
      }),
    );
    const error = (await upWhile("update admins set last_login_at = '2026-02-03'")).error;
    expect(error?.code).toBe('HYG_RUN_PROTECTED_CHANGED');
    expect(
      await countOf(
        database,
        "admins where name = 'Margit Olsen' and last_login_at = '2026-02-03'",
      ),
    ).toBe(1);
  });

  test('a protected user who goes while demo users are purged is no change of ours', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: `[sql\`${WAIT}\`, purge(rows('users', sql\`id <= 10\`), { dependents: 'all' })]`,
        more: FREE,
        verify: "await expect.none(rows('users', sql`id <= 10`));",
      }),
    );
    const report = await upWhile(`
      begin;
      delete from live_sessions where user_id = 320; delete from payments where user_id = 320;
      delete from subscriptions where user_id = 320; delete from reports where author_id = 320;
      delete from users where id = 320;
      commit`);
    expect(report.error).toBeNull();
    expect(await countOf(database, 'users')).toBe(309);
    expect(await remarks()).toEqual([
      { remarks: ['1 protected rows of users were changed meanwhile by other sessions.'] },
    ]);
  });
});

describe('our own changes of protected rows', () => {
  test.each([
    ['in a savepoint', "await db.transaction((inner) => inner('admins').update({ name: 'X' }));"],
    ['by deleting them', "await db('admins').del();"],
    [
      'by an update that a delete follows',
      "await db('admins').update({ name: 'X' }); await db('admins').del();",
    ],
    [
      'by dropping one of their columns',
      "await db.raw('alter table admins drop column password_hash');",
    ],
  ])('are found: %s', async (_, body) => {
    bench.write(`${ID}.ts`, migration({ up: `async ({ db }) => { ${body} }`, more: FREE }));
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_PROTECTED_CHANGED', exit: 1, says: ['protected rows of admins'] },
    );
  });

  describe('by a trigger of the application', () => {
    beforeEach(async () => {
      await database.execute(`
        create function promote() returns trigger language plpgsql as $$
        begin update admins set name = name || '!'; return null; end $$;
        create trigger promote after delete or update on reports for each row execute function promote();`);
    });

    test.each([
      ['purge', "purge(rows('reports', sql`id < 5`))"],
      ['scrub', "scrub(rows('reports', sql`id < 5`), { set: { title: 'x' } })"],
    ])('are found after a %s', async (_, up) => {
      bench.write(`${ID}.ts`, migration({ up }));
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_RUN_UNPLANNED_CHANGE',
          exit: 1,
          says: ['admins', '4 rows updated', 'planned were 0 rows and 0 rows'],
        },
      );
    });

    test('are found even where the table is a declared side effect', async () => {
      bench.write(
        'config.ts',
        "import { defineConfig, rows, sql } from 'pg-hygiene';\n" +
          "export default defineConfig({ protect: [rows('admins', sql`true`)], sideEffects: [{ table: 'admins', reason: 'a test' }] });\n",
      );
      bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id < 5`))" }));
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_RUN_PROTECTED_CHANGED',
          exit: 1,
          says: ['protected rows of admins', '1 changed'],
        },
      );
    });
  });

  test.each([
    ['a table without a key', 'create table badges (badge text, holder text)'],
    [
      'a table that is named like one of its columns',
      'create table badges (badges text primary key, holder text)',
    ],
    [
      'a partitioned table',
      'create table badges (badge text primary key, holder text) partition by hash (badge); create table badges_0 partition of badges for values with (modulus 1, remainder 0)',
    ],
  ])('are found in %s', async (_, ddl) => {
    await database.execute(`${ddl}; insert into badges values ('a', 'Ana'), ('b', 'Bea')`);
    protect("rows('badges', sql`holder = 'Ana'`)");
    bench.write(
      `${ID}.ts`,
      migration({ up: "sql`update badges set holder = 'Eve' where holder = 'Ana'`", more: FREE }),
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_PROTECTED_CHANGED',
        exit: 1,
        says: ['protected rows of badges', "badges where holder = 'Ana'"],
      },
    );
  });

  test('an update that leaves the row as it was is no change', async () => {
    bench.write(`${ID}.ts`, migration({ up: 'sql`update admins set name = name`', more: FREE }));
    expect((await bench.up()).error).toBeNull();
    expect(await remarks()).toEqual([{ remarks: [] }]);
  });

  test('other rows of the same table may go', async () => {
    protect("rows('users', sql`email like '%@corp-mail.io'`)");
    bench.write(
      `${ID}.ts`,
      migration({ up: "purge(rows('users', sql`id <= 300`), { dependents: 'all' })" }),
    );
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(20);
  });
});
