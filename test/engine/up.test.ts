import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { evidenceOf, purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';

type Counts = Record<
  'users' | 'live_sessions' | 'payments' | 'orphans' | 'subscriptions' | 'reports' | 'admins',
  number
>;

describe('up', () => {
  let database: TestDatabase;
  let bench: Workbench;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  });

  async function counts(): Promise<Counts> {
    const [row] = await database.query<Counts>(`
      select (select count(*)::int from users) as users,
             (select count(*)::int from live_sessions) as live_sessions,
             (select count(*)::int from payments) as payments,
             (select count(*)::int from payments where user_id is null) as orphans,
             (select count(*)::int from subscriptions) as subscriptions,
             (select count(*)::int from reports) as reports,
             (select count(*)::int from admins) as admins`);
    if (row === undefined) throw new Error('a select of counts returned no row');
    return row;
  }

  test('removes, archives, verifies and records in one go, and a second run does nothing', async () => {
    const before = await counts();
    const report = await bench.up();
    expect(report.error).toBeNull();
    expect(report.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([[ID, 'applied']]);
    const after = await counts();
    const removed = before.users - after.users;
    expect(removed).toBeGreaterThan(100);
    expect(after.payments).toBe(before.payments);
    expect(after.orphans).toBe(removed);
    const archived = await database.query(
      'select * from hygiene_archive."20260101000000_g1_users"',
    );
    expect(archived).toHaveLength(removed);
    const again = await bench.up();
    expect(again.results).toEqual([]);
    expect(again.selected.applied).toEqual([ID]);
    expect(await counts()).toEqual(after);
    const events = await database.query('select event from hygiene.ledger order by seq');
    expect(events.map(({ event }) => String(event))).toEqual(['started', 'applied']);
  });

  test('plans exactly what it then does, and planning keeps nothing', async () => {
    const { migrations } = await bench.plan();
    expect(migrations[0]?.refusals).toEqual([]);
    expect(await database.query("select to_regclass('hygiene.ledger') as t")).toEqual([
      { t: null },
    ]);
    const planned = migrations
      .flatMap(({ steps }) => steps.filter((step) => step.kind === 'purge'))
      .flatMap(({ plan }) => plan.tables.map(({ table, doomed }) => [table, doomed]));
    const done = evidenceOf(await bench.up()).tables.map(({ table, removed }) => [table, removed]);
    expect(done.sort()).toEqual(planned.sort());
  });

  test('repeats the lasting checks afterwards', async () => {
    await bench.up();
    expect((await bench.verify()).migrations[0]?.checks.map(({ passed }) => passed)).toEqual([
      true,
    ]);
    await database.execute("insert into users (email, name) values ('back@example.com', 'Back')");
    expect((await bench.verify()).migrations[0]?.checks.map(({ passed }) => passed)).toEqual([
      false,
    ]);
  });
});
