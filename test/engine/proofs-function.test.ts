import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from './workbench.ts';
import { contentOf, contents, countOf, events, expectRefused, oldRows } from './witness.ts';

const ID = '20260101000000_cleanup';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

function write(body: string, max = 5_000): void {
  const more = `irreversible: 'a test', budget: { max: ${String(max)} },`;
  bench.write(
    `${ID}.ts`,
    migration({ up: `async ({ db, purge, scrub, log }) => { ${body} }`, more }),
  );
}

function applied(): Promise<Record<string, unknown>[]> {
  return database.query(
    "select rows, evidence -> 'steps' as steps from hygiene.ledger where event = 'applied'",
  );
}

describe('the function form', () => {
  test('removes by knex, and knows how many', async () => {
    write(
      "if (await db('reports').where('id', '<=', 10).del() !== 10) throw new Error('wrong count');",
    );
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'reports')).toBe(96);
  });

  test('reads by knex what is there', async () => {
    write(`
      const [first] = await db('admins').select('id', 'email');
      const { rows: [row] } = await db.raw('select count(*)::int as n from users where id > ?', [310]);
      if (first.email !== 'margit.olsen@corp-mail.io' || row.n !== 10) throw new Error('wrong answer');
      await db('reports').whereIn('author_id', db('users').select('id').where('id', '<', 10)).update({ title: 'x' });`);
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, "reports where title = 'x'")).toBe(3);
  });

  test('nests transactions as savepoints: what one throws away stays', async () => {
    write(`
      await db.transaction((inner) => inner('reports').where('id', 1).del());
      await db.transaction(async (inner) => {
        await inner('reports').del();
        throw new Error('changed my mind');
      }).catch(() => undefined);
      await db.transaction(async (inner) => {
        await inner.transaction((innermost) => innermost('reports').where('id', 2).del());
      });`);
    const kept = await contentOf(database, '(select * from reports where id > 2)');
    expect((await bench.up()).error).toBeNull();
    expect(await contentOf(database, 'reports')).toBe(kept);
  });

  test('that throws is rolled back and told with its message', async () => {
    write("await db('reports').del(); throw new Error('not today');");
    await expectRefused(
      { bench, database },
      { code: 'HYG_RUN_FAILED', exit: 1, says: [ID, 'rolled back', 'not today'] },
    );
  });

  test('purges and scrubs as the steps do: counted, archived, within the budget', async () => {
    const gone = await contentOf(database, '(select * from live_sessions where user_id <= 10)');
    const scrubbed = await contentOf(database, '(select * from users where id between 11 and 15)');
    write(
      `
      const removed = await purge(rows('users', sql\`id <= 10\`), {
        dependents: { live_sessions: 'purge', subscriptions: 'purge', reports: 'purge', payments: 'nullify' },
      });
      const changed = await scrub(rows('users', sql\`id between 11 and 15\`), { set: { name: 'Nobody' } });
      await db('reports').where('id', '>', 100).del();
      if (removed !== 43 || changed !== 5) throw new Error(removed + ' and ' + changed);`,
      64,
    );
    expect((await bench.up()).error).toBeNull();
    expect(await contentOf(database, 'hygiene_archive."20260101000000_g1_live_sessions"')).toBe(
      gone,
    );
    expect(
      await contentOf(
        database,
        await oldRows(database, 'hygiene_archive."20260101000000_g1_users_mutations"'),
      ),
    ).toBe(scrubbed);
    expect(await countOf(database, "users where name = 'Nobody'")).toBe(5);
    expect(await applied()).toEqual([
      {
        rows: expect.arrayContaining([
          expect.objectContaining({ table: 'users', removed: 10, archived: 10, changed: 5 }),
          expect.objectContaining({ table: 'payments', removed: 0, changed: 10 }),
        ]),
        steps: [
          expect.objectContaining({ label: 'purge users', removed: 43, changed: 10 }),
          expect.objectContaining({ label: 'scrub users', removed: 0, changed: 5 }),
        ],
      },
    ]);
  });

  test('is held to its budget to the row, purges and scrubs included', async () => {
    write(
      "await purge(rows('reports', sql`id <= 10`)); await db('reports').where('id', 11).del();",
      10,
    );
    await expectRefused(
      { bench, database },
      { code: 'HYG_REFUSED_BUDGET', exit: 7, says: [ID, '11 rows', 'at most 10'] },
    );
  });

  test('that starts two purges at once gets both done', async () => {
    write(`
      await Promise.all([purge(rows('reports', sql\`id <= 10\`)), purge(rows('reports', sql\`id > 100\`))]);`);
    const gone = await contentOf(database, '(select * from reports where id <= 10 or id > 100)');
    expect((await bench.up()).error).toBeNull();
    expect(await contentOf(database, 'hygiene_archive."20260101000000_g1_reports"')).toBe(gone);
    expect(await countOf(database, 'reports')).toBe(90);
  });

  test('pays from its budget for what cascades and triggers delete', async () => {
    await database.execute(`
      alter table subscriptions drop constraint subscriptions_user_id_fkey,
        add foreign key (user_id) references users on delete cascade;
      create function tidy() returns trigger language plpgsql as $$
      begin delete from payments where user_id = old.id; delete from reports where author_id = old.id; return old; end $$;
      create trigger tidy before delete on users for each row execute function tidy();`);
    const body = "await db('users').where('id', '<=', 3).del();";
    // 3 users, 6 sessions and 3 subscriptions by cascade, 3 payments and 1 report by trigger.
    write(body, 15);
    await expectRefused(
      { bench, database },
      { code: 'HYG_REFUSED_BUDGET', exit: 7, says: ['16 rows', 'at most 15'] },
    );
    write(body, 16);
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(317);
  });

  test('whose rows are too few for its budget is refused', async () => {
    const more = "irreversible: 'a test', budget: { min: 5, max: 10 },";
    bench.write(
      `${ID}.ts`,
      migration({
        up: "async ({ db }) => { await db('reports').where('id', '<', 5).del(); }",
        more,
      }),
    );
    await expectRefused(
      { bench, database },
      { code: 'HYG_REFUSED_BUDGET', exit: 7, says: ['4 rows', 'at least 5'] },
    );
  });
});

describe('deferred constraints', () => {
  beforeEach(async () => {
    await database.execute(`
      alter table reports alter constraint reports_author_id_fkey deferrable initially deferred;
      alter table live_sessions alter constraint live_sessions_user_id_fkey deferrable initially immediate;`);
  });

  test('are checked before verify and the ledger row, and a violation fails the run with its constraint', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: 'sql`delete from subscriptions where user_id = 3; delete from payments where user_id = 3; delete from users where id = 3`',
        more: "irreversible: 'a test', budget: { max: 10 },",
        verify: "await expect.count('users', 319);",
      }),
    );
    const before = await contents(database);
    const error = await bench.upError();
    expect({ code: error.code, exit: error.exitCode }).toEqual({ code: 'HYG_RUN_SQL', exit: 1 });
    expect(error.message).toMatch(/reports_author_id_fkey.*23503/s);
    expect(await contents(database)).toEqual(before);
    expect(
      await database.query(
        "select error ->> 'table' as t, error ->> 'constraint' as c, error ->> 'sqlstate' as s from hygiene.ledger where event = 'failed'",
      ),
    ).toEqual([{ t: 'reports', c: 'reports_author_id_fkey', s: '23503' }]);
    expect(await events(database)).toHaveLength(2);
  });

  test('do not disturb a purge that removes child and parent', async () => {
    bench.write(
      `${ID}.ts`,
      migration({ up: "purge(rows('users', sql`id <= 30`), { dependents: 'all' })" }),
    );
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'users')).toBe(290);
    expect(await countOf(database, 'reports where author_id <= 30')).toBe(0);
  });
});
