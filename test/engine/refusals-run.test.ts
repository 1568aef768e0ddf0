import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, purgeDemoUsers, Workbench } from './workbench.ts';
import { countOf, expectRefused, type Refusal } from './witness.ts';

const ID = '20260101000000_cleanup';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url).write(
    'config.ts',
    config("protect: [rows('admins', sql`true`), rows('users', sql`email like '%@corp-mail.io'`)]"),
  );
});

const FREE = "irreversible: 'a test', budget: { max: 5_000 },";

/** As an sql step, as a function, and as an SQL pair: whatever the form, it is refused. */
const forms: readonly (readonly [string, (statement: string) => void])[] = [
  [
    'an sql step',
    (text) => bench.write(`${ID}.ts`, migration({ up: `sql\`${text}\``, more: FREE })),
  ],
  [
    'a function',
    (text) =>
      bench.write(
        `${ID}.ts`,
        migration({ up: `async ({ db }) => { await db.raw(\`${text}\`); }`, more: FREE }),
      ),
  ],
  [
    'an SQL pair',
    (text) =>
      bench
        .write(
          `${ID}.up.sql`,
          `-- description: A cleanup of the tests\n-- irreversible: a test\n-- budget: max 5000\n${text};\n`,
        )
        .write(`${ID}.verify.sql`, 'select from users where false;\n'),
  ],
];

describe.each(forms)('%s', (_, write) => {
  const deletes = 'delete from reports where id < 10';

  test.each<readonly [string, string, Refusal]>([
    [
      'inserts',
      `${deletes}; insert into reports (author_id, title) select author_id, title from reports limit 3`,
      { code: 'HYG_RUN_INSERTED', exit: 1, says: ['inserted', 'into reports', 'sideEffects'] },
    ],
    [
      'truncates',
      'truncate live_sessions',
      { code: 'HYG_RUN_TRUNCATED', exit: 1, says: ['live_sessions', 'purge(rows('] },
    ],
    [
      'changes a protected row',
      "update admins set password_hash = 'x'",
      {
        code: 'HYG_RUN_PROTECTED_CHANGED',
        exit: 1,
        says: ['protected rows of admins', '1 changed, 0 removed'],
      },
    ],
    [
      'removes a protected row',
      'delete from admins',
      {
        code: 'HYG_RUN_PROTECTED_CHANGED',
        exit: 1,
        says: ['protected rows of admins', '0 changed, 1 removed'],
      },
    ],
    [
      'gives a protected row another key',
      'update admins set id = default',
      {
        code: 'HYG_RUN_PROTECTED_CHANGED',
        exit: 1,
        says: ['protected rows of admins', '0 changed, 1 removed'],
      },
    ],
    [
      'takes more rows than its budget',
      `${'update subscriptions set plan = plan; '.repeat(16)}${deletes}`,
      {
        code: 'HYG_REFUSED_BUDGET',
        exit: 7,
        says: ['5,129 rows', 'at most 5,000', 'budget: { max: 5129 }'],
      },
    ],
    [
      'fails',
      'delete from users where id = 1 and 1 / (id - id) = 1',
      { code: 'HYG_RUN_SQL', exit: 1, says: ['division by zero', '22012', ID] },
    ],
  ])('that %s is refused', async (_title, statement, refusal) => {
    write(statement);
    await expectRefused({ bench, database }, refusal);
  });
});

describe.each(forms.slice(0, 2))('transaction control in %s', (_, write) => {
  test.each([
    ['commit'],
    ['rollback'],
    ['begin'],
    ['delete from reports; commit; delete from payments'],
    ['/* quietly */ end'],
    ['start transaction'],
    ["prepare transaction 'later'"],
    ['do $$ begin delete from reports; commit; end $$'],
  ])('is refused: %s', async (statement) => {
    write(statement);
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_TRANSACTION_CONTROL',
        exit: 1,
        says: [/control the transaction|commit by itself/, 'hygiene begins and ends'],
      },
    );
  });
});

test.each(['commit', 'rollback'])(
  'a function that calls %s of its transaction is refused',
  async (method) => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: `async ({ db }) => { await db('reports').del(); await db.${method}(); }`,
        more: FREE,
      }),
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_TRANSACTION_CONTROL',
        exit: 1,
        says: ['commit or rollback of the given transaction'],
      },
    );
  },
);

test('savepoints are allowed', async () => {
  bench.write(
    `${ID}.ts`,
    migration({
      up: 'sql`savepoint mine; delete from reports; rollback to savepoint mine; delete from reports where id = 1; release savepoint mine`',
      more: FREE,
    }),
  );
  const before = await countOf(database, 'reports');
  expect((await bench.up()).error).toBeNull();
  expect(await countOf(database, 'reports')).toBe(before - 1);
});

describe('the database itself', () => {
  test('refuses a scrub that breaks a constraint; no row value is told or recorded', async () => {
    bench.write('config.ts', config(''));
    bench.write(
      `${ID}.ts`,
      migration({
        up: "scrub(rows('users', sql`id < 3`), { set: { email: 'demo9@example.com' } })",
      }),
    );
    const error = await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_SQL', exit: 1, says: ['users_email_key', '23505'] },
    );
    const [event] = await database.query<{ error: unknown }>(
      "select error from hygiene.ledger where event = 'failed'",
    );
    expect(event?.error).toMatchObject({ table: 'users', constraint: 'users_email_key' });
    expect(`${JSON.stringify(event)} ${error.message} ${String(error.hint)}`).not.toContain(
      'demo9@',
    );
  });

  test('ends a statement that takes too long', async () => {
    bench.write(
      `${ID}.ts`,
      migration({ up: 'sql`delete from reports; select pg_sleep(60)`', more: FREE }),
    );
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_TIMEOUT',
        exit: 1,
        says: ['statement timeout', '--statement-timeout'],
        up: { statementTimeoutMs: 300 },
      },
    );
  });

  test('lets nobody wait for ever for rows that another session has locked', async () => {
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
    const other = await database.connect();
    await other.query('begin; select from reports where id = 7 for update');
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_LOCK_BUSY',
        exit: 6,
        says: ['lock timeout', '--row-lock-timeout'],
        up: { rowLockTimeoutMs: 50 },
      },
    );
    await other.query('rollback');
    expect((await bench.up()).error).toBeNull();
  });
});

describe('an audit trigger', () => {
  beforeEach(async () => {
    await database.execute(`
      create table audit_log (id bigint generated always as identity primary key, what text not null, who bigint);
      create function audit() returns trigger language plpgsql as $$
      begin
        insert into audit_log (what, who) values (tg_table_name, old.id);
        return null;
      end $$;
      create trigger audit after delete on reports for each row execute function audit();`);
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
  });

  test('that is not declared fails the run, with the line that declares it', async () => {
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_INSERTED',
        exit: 1,
        says: ['10 rows into audit_log', "sideEffects: [{ table: 'audit_log'"],
      },
    );
  });

  describe('that is declared', () => {
    beforeEach(() => {
      bench.write(
        'config.ts',
        config("sideEffects: [{ table: 'audit_log', reason: 'the audit of deletes' }]"),
      );
    });

    test('is recorded in the ledger with its rows', async () => {
      expect((await bench.up()).error).toBeNull();
      expect(await countOf(database, 'audit_log')).toBe(10);
      expect(
        await database.query(
          "select evidence -> 'sideEffects' as recorded from hygiene.ledger where event = 'applied'",
        ),
      ).toEqual([
        {
          recorded: [
            { table: 'audit_log', reason: 'the audit of deletes', inserted: 10, updated: 0 },
          ],
        },
      ]);
    });

    test('is bounded also where an sql step stands beside the purge', async () => {
      bench.write(
        `${ID}.ts`,
        migration({
          up: "[purge(rows('reports', sql`id <= 10`)), sql`delete from reports where id between 11 and 13`]",
          more: "irreversible: 'a test', budget: { max: 3 },",
        }),
      );
      expect((await bench.up()).error).toBeNull();
      expect(await countOf(database, 'audit_log')).toBe(13);
    });

    test('may not write more rows than were removed', async () => {
      await database.execute(
        'create trigger again after delete on reports for each row execute function audit()',
      );
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_RUN_UNPLANNED_CHANGE',
          exit: 1,
          says: ['audit_log is a declared side effect', '20 rows were written', '10 rows removed'],
        },
      );
    });

    test('may not hide an INSERT of the migration itself', async () => {
      bench.write(
        `${ID}.ts`,
        migration({ up: "sql`insert into audit_log (what) values ('forged')`", more: FREE }),
      );
      await expectRefused(
        { bench, database },
        {
          code: 'HYG_RUN_UNPLANNED_CHANGE',
          exit: 1,
          says: ['audit_log', '1 row were written', '0 rows removed'],
        },
      );
    });

    test('does not excuse inserts into a table that is purged itself', async () => {
      await database.execute("insert into audit_log (what) values ('older')");
      bench.write(
        `${ID}.ts`,
        migration({
          up: "[purge(rows('audit_log', sql`true`)), purge(rows('reports', sql`id <= 10`))]",
        }),
      );
      await expectRefused(
        { bench, database },
        { code: 'HYG_RUN_INSERTED', exit: 1, says: ['10 rows into audit_log'] },
      );
    });
  });
});

describe('triggers that change what a purge does', () => {
  async function reportsTrigger(timing: string, body: string): Promise<void> {
    await database.execute(`
      create function meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
      create trigger meddle ${timing} on reports for each row execute function meddle();`);
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
  }

  test('a BEFORE DELETE trigger that swallows a delete is found', async () => {
    await reportsTrigger('before delete', 'if old.id = 7 then return null; end if; return old;');
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_COUNT_MISMATCH',
        exit: 1,
        says: ['reports', 'planned were 10 rows, but 9 were removed', 'BEFORE trigger'],
      },
    );
  });

  test('a rule that swallows deletes is found', async () => {
    await database.execute('create rule keep as on delete to reports do instead nothing');
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id <= 10`))" }));
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_COUNT_MISMATCH',
        exit: 1,
        says: ['planned were 10 rows, but 0 were removed', 'a rule'],
      },
    );
  });

  test('a trigger that deletes other rows is found', async () => {
    await reportsTrigger('after delete', 'delete from payments where id = old.id; return null;');
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_UNPLANNED_CHANGE',
        exit: 1,
        says: ['payments: 10 rows deleted', 'planned were 0 rows'],
      },
    );
  });

  test('a trigger that swallows a nullify is found', async () => {
    await database.execute(`
      create function meddle() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger meddle before update on payments for each row execute function meddle();`);
    bench.write(`${ID}.ts`, purgeDemoUsers());
    await expectRefused(
      { bench, database },
      {
        code: 'HYG_RUN_COUNT_MISMATCH',
        exit: 1,
        says: ['payments', 'planned were 300 rows, but 0 were changed'],
      },
    );
  });
});

function config(body: string): string {
  return `import { defineConfig, rows, sql } from 'pg-hygiene';\nexport default defineConfig({ ${body} });\n`;
}
