import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, purgeDemoUsers, Workbench } from './workbench.ts';
import { countOf, events, expectRefused, type Refusal } from './witness.ts';

const ID = '20260101000000_purge_demo_users';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

function expectRefusedWhen(up: string, refusal: Refusal): ReturnType<typeof expectRefused> {
  bench.write(`${ID}.ts`, migration({ up }));
  return expectRefused({ bench, database }, refusal);
}

describe('a predicate', () => {
  test.each([
    ['with a syntax error', 'email = = 1', /syntax error at or near/],
    ['with an unknown column', "mail like '%@example.com'", /column "mail" does not exist/],
    ['with a wrong type', "id = 'seven'", /invalid input syntax for type bigint/],
    ['that is no condition', 'email', /must be type boolean/],
  ])('%s is told with its table, and how to try it', async (_, predicate, message) => {
    await expectRefusedWhen(`purge(rows('users', sql\`${predicate}\`))`, {
      code: 'HYG_PLAN_BAD_PREDICATE',
      exit: 2,
      says: ['The predicate on users', message, predicate],
    });
  });

  test('of many lines is shortened, so that the message stays readable', async () => {
    const long = Array.from(
      { length: 60 },
      (_, at) => `email <> 'user${String(at)}@example.com'`,
    ).join('\n and ');
    await expectRefusedWhen(`purge(rows('users', sql\`${long} and nonsense\`))`, {
      code: 'HYG_PLAN_BAD_PREDICATE',
      exit: 2,
      says: [/column "nonsense" does not exist/],
    });
  });

  test('that is NULL for some rows leaves them, and counts them in plan and ledger', async () => {
    await database.execute('update payments set user_id = null where id % 10 = 0');
    const unknown = await countOf(database, 'payments where user_id is null');
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('payments', sql`user_id > 0`))" }));
    const [planned] = (await bench.plan()).migrations;
    expect(planned?.steps).toEqual([
      expect.objectContaining({ plan: expect.objectContaining({ nullPredicateRows: unknown }) }),
    ]);
    await bench.up();
    expect(await countOf(database, 'payments')).toBe(unknown);
    expect(
      await database.query(
        "select evidence #> '{steps,0,nullRows}' as n from hygiene.ledger where event = 'applied'",
      ),
    ).toEqual([{ n: unknown }]);
  });

  test('of keep that is NULL for some rows is refused, with the two ways to say what is meant', async () => {
    await database.execute('update payments set user_id = null where id % 10 = 0');
    await expectRefusedWhen("purge(rows('payments', { keep: sql`user_id > 10` }))", {
      code: 'HYG_REFUSED_NULL_KEEP',
      exit: 7,
      says: ['NULL for 32 rows', 'is not false', 'is true'],
    });
  });
});

describe('a table that does not exist', () => {
  test('is an error that names what is near, and `requires`', async () => {
    await expectRefusedWhen("purge(rows('user', sql`true`))", {
      code: 'HYG_PLAN_UNKNOWN_TABLE',
      exit: 2,
      says: ['no table "user"', 'Did you mean "users"', "requires: ['user']"],
    });
  });

  test('is skipped with `requires`, without an error', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: "purge(rows('guests', sql`true`))",
        more: "requires: ['guests', 'users.email'],",
      }),
    );
    const report = await bench.up();
    expect(report.error).toBeNull();
    expect(report.results.map(({ outcome }) => outcome)).toEqual([
      { kind: 'skipped', missing: ['guests'] },
    ]);
    expect(await events(database)).toEqual(['skipped']);
  });

  test('is an error in the protected sets of the config too: they must not protect nothing', async () => {
    bench.write('config.ts', config("protect: [rows('adminz', sql`true`)]"));
    await expectRefusedWhen("purge(rows('reports', sql`true`))", {
      code: 'HYG_PLAN_UNKNOWN_TABLE',
      exit: 2,
      says: ['protected set', '"adminz"', 'hygiene/config'],
    });
  });

  test('a view is no table to purge', async () => {
    await database.execute('create view people as select * from users');
    await expectRefusedWhen("purge(rows('people', sql`true`))", {
      code: 'HYG_PLAN_AMBIGUOUS_TABLE',
      exit: 2,
      says: ['people is a view'],
    });
  });
});

describe('dependents', () => {
  test('that nobody named are refused with counts and the object to paste', async () => {
    await expectRefusedWhen("purge(rows('users', sql`email like '%@example.com'`))", {
      code: 'HYG_REFUSED_DEPENDENTS',
      exit: 7,
      says: [
        '1300 rows reference rows that would be purged',
        'live_sessions (user_id): 600',
        'reports (author_id): 100',
        "live_sessions: 'purge', payments: 'nullify', subscriptions: 'purge', reports: 'purge'",
      ],
    });
  });

  test('the object of the refusal, pasted, makes the migration run', async () => {
    const error = await expectRefusedWhen("purge(rows('users', sql`email like '%@example.com'`))", {
      code: 'HYG_REFUSED_DEPENDENTS',
      exit: 7,
      says: [],
    });
    const object = String(error.hint).slice(String(error.hint).indexOf('dependents:'));
    bench.write(`${ID}.ts`, purgeDemoUsers({ options: object }));
    expect((await bench.up()).error).toBeNull();
  });

  test('of many tables still fit the terminal', async () => {
    const tables = Array.from({ length: 30 }, (_, at) => `dependent_table_number_${String(at)}`);
    await database.execute(
      tables
        .map(
          (name) =>
            `create table ${name} (user_id bigint references users); insert into ${name} values (1);`,
        )
        .join('\n'),
    );
    await expectRefusedWhen("purge(rows('users', sql`id = 1`))", {
      code: 'HYG_REFUSED_DEPENDENTS',
      exit: 7,
      says: [/and \d+ more/],
    });
  });

  test('without a row in the way need not be named', async () => {
    await database.execute(
      'delete from reports; delete from payments; delete from live_sessions; delete from subscriptions',
    );
    bench.write(`${ID}.ts`, purgeDemoUsers({ options: '' }));
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(20);
  });

  test('that cannot be set to NULL are refused at once', async () => {
    await expectRefusedWhen(
      "purge(rows('users', sql`id = 1`), { dependents: { reports: 'nullify' } })",
      {
        code: 'HYG_REFUSED_NULLIFY',
        exit: 7,
        says: ['reports', 'author_id is NOT NULL', "'purge'"],
      },
    );
  });

  test('with a misspelt name are an error that names what is near', async () => {
    await expectRefusedWhen(
      "purge(rows('users', sql`id = 1`), { dependents: { report: 'purge' } })",
      {
        code: 'HYG_PLAN_UNKNOWN_DEPENDENT',
        exit: 2,
        says: ['"report"', 'reports', 'live_sessions'],
      },
    );
  });

  test('that reference nothing are an error: admins do not depend on users', async () => {
    await expectRefusedWhen(
      "purge(rows('users', sql`id = 1`), { dependents: { admins: 'purge' } })",
      {
        code: 'HYG_PLAN_UNKNOWN_DEPENDENT',
        exit: 2,
        says: ['No foreign key leads from "admins" to users'],
      },
    );
  });
});

describe('the budget', () => {
  const options = (budget: string): string =>
    `purge(rows('users', sql\`email like '%@example.com'\`), { dependents: 'all', budget: ${budget} })`;

  test.each([
    [
      'more rows than max',
      '{ max: 1599 }',
      ['1,600 rows', 'at most 1,599', 'budget: { max: 1600 }'],
    ],
    [
      'fewer rows than min',
      '{ min: 1601 }',
      ['1,600 rows', 'at least 1,601', 'budget: { min: 1600 }'],
    ],
    [
      'a larger share than maxShare',
      '{ maxShare: 0.9 }',
      ['300 of 320 rows', '93.75 %', '90 %', 'maxShare: 0.94'],
    ],
  ])('refuses %s', async (_, budget, says) => {
    await expectRefusedWhen(options(budget), { code: 'HYG_REFUSED_BUDGET', exit: 7, says });
  });

  test.each(['{ max: 1600 }', '{ min: 1600 }', '{ maxShare: 0.94 }'])(
    '%s is kept to the row',
    async (budget) => {
      bench.write(`${ID}.ts`, migration({ up: options(budget) }));
      expect((await bench.up()).error).toBeNull();
    },
  );

  test('above 100,000 rows in one transaction must be said', async () => {
    await database.execute('create table events as select n from generate_series(1, 100001) as n');
    await expectRefusedWhen("purge(rows('events', sql`true`))", {
      code: 'HYG_REFUSED_LARGE_ONLINE',
      exit: 7,
      says: ['100,001 rows', '100,000', 'budget: { max: 100001 }'],
    });
  });

  test('of a scrub counts changed rows', async () => {
    await expectRefusedWhen(
      "scrub(rows('users', sql`true`), { set: { name: 'x' }, budget: { max: 10 } })",
      {
        code: 'HYG_REFUSED_BUDGET',
        exit: 7,
        says: ['scrub users', '320 rows', 'budget: { max: 320 }'],
      },
    );
  });
});

describe('protected rows', () => {
  beforeEach(() => {
    bench.write(
      'config.ts',
      config(
        "protect: [rows('users', sql`email like '%@corp-mail.io'`), rows('admins', sql`true`)]",
      ),
    );
  });

  test('in the selection are refused with their number', async () => {
    await expectRefusedWhen("purge(rows('users', sql`id > 295`), { dependents: 'all' })", {
      code: 'HYG_REFUSED_PROTECTED',
      exit: 7,
      says: ['purge users', '20 protected rows would be removed', 'hygiene/config'],
    });
  });

  test('that would only lose a reference or be scrubbed are refused too', async () => {
    await database.execute(
      'alter table users add column invited_by bigint references users; update users set invited_by = 1',
    );
    await expectRefusedWhen(
      "purge(rows('users', sql`id = 1`), { dependents: { users: 'nullify', reports: 'purge', payments: 'purge', live_sessions: 'purge', subscriptions: 'purge' } })",
      {
        code: 'HYG_REFUSED_PROTECTED',
        exit: 7,
        says: ['20 protected rows would be changed'],
      },
    );
    await expectRefusedWhen("scrub(rows('users', sql`true`), { set: { name: 'x' } })", {
      code: 'HYG_REFUSED_PROTECTED',
      exit: 7,
      says: ['scrub users', '20 protected rows would be changed'],
      ledger: [
        'started',
        'failed HYG_REFUSED_PROTECTED',
        'started',
        'failed HYG_REFUSED_PROTECTED',
      ],
    });
  });

  test('reached through a foreign key are refused', async () => {
    bench.write('config.ts', config("protect: [rows('payments', sql`amount_cents > 3000`)]"));
    await expectRefusedWhen("purge(rows('users', sql`id <= 100`), { dependents: 'all' })", {
      code: 'HYG_REFUSED_PROTECTED',
      exit: 7,
      says: [
        /payments: \d+ protected rows would be removed \(payments where amount_cents > 3000\)/,
      ],
    });
  });
});

test('every refusal of one plan is shown at once, and planning keeps nothing', async () => {
  bench.write('config.ts', config("protect: [rows('users', sql`id = 320`)]"));
  bench.write(
    `${ID}.ts`,
    migration({
      up: "[purge(rows('users', sql`true`), { budget: { max: 1 } }), purge(rows('reports', sql`nonsense`))]",
    }),
  );
  const [planned] = (await bench.plan()).migrations;
  expect(planned?.refusals.map(({ code }) => code)).toEqual([
    'HYG_REFUSED_DEPENDENTS',
    'HYG_REFUSED_PROTECTED',
    'HYG_REFUSED_BUDGET',
    'HYG_PLAN_BAD_PREDICATE',
  ]);
  expect(await events(database)).toEqual([]);
});

function config(body: string): string {
  return `import { defineConfig, rows, sql } from 'pg-hygiene';\nexport default defineConfig({ ${body} });\n`;
}
