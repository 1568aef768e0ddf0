import { beforeEach, describe, expect, test } from '@jest/globals';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';

describe('up', () => {
  let database: TestDatabase;
  let bench: Workbench;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  });

  async function counts(): Promise<Record<string, number>> {
    const [row] = await database.query<Record<string, string>>(`
      select (select count(*) from users) as users, (select count(*) from live_sessions) as live_sessions,
             (select count(*) from payments) as payments, (select count(*) from subscriptions) as subscriptions,
             (select count(*) from reports) as reports, (select count(*) from admins) as admins,
             (select count(*) from payments where user_id is null) as orphans`);
    return Object.fromEntries(
      Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]),
    );
  }

  test('removes, archives, verifies and records in one go, and a second run does nothing', async () => {
    const before = await counts();
    const report = await bench.up();
    expect(report.error).toBeNull();
    expect(report.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([[ID, 'applied']]);
    const after = await counts();
    const removed = (before['users'] ?? 0) - (after['users'] ?? 0);
    expect(removed).toBeGreaterThan(100);
    expect(after['payments']).toBe(before['payments']);
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
    const planned = await bench.plan();
    const [step] = planned.migrations[0]?.steps ?? [];
    expect(planned.migrations[0]?.refusals).toEqual([]);
    expect(await database.query("select to_regclass('hygiene.ledger') as t")).toEqual([
      { t: null },
    ]);
    const report = await bench.up();
    const [result] = report.results;
    if (step?.kind !== 'purge' || result?.outcome.kind !== 'applied')
      throw new Error('not applied');
    const plannedRows = step.plan.tables
      .filter(({ doomed }) => doomed > 0)
      .map((t) => [t.table, t.doomed]);
    const done = result.outcome.evidence.tables.filter(({ removed }) => removed > 0);
    expect(done.map((t) => [t.table, t.removed]).sort()).toEqual(plannedRows.sort());
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
