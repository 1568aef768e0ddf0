import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, purgeInBatches, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge_demo_users';

describe('a purge in batches', () => {
  let database: TestDatabase;
  let bench: Workbench;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeInBatches());
  });

  test('removes, archives and counts what one transaction would', async () => {
    const whole = await freshDatabase('sample.sql');
    const text = purgeInBatches().replace("transaction: 'batched',", '');
    const expected = evidenceOf(await new Workbench(whole.url).write(`${ID}.ts`, text).up());
    const evidence = evidenceOf(await bench.up({ batches: { firstSize: 7 } }));
    expect(evidence.tables).toEqual(expect.arrayContaining([...expected.tables]));
    expect(evidence.archives.map(({ archive, rows }) => [archive.name, rows]).sort()).toEqual(
      expected.archives.map(({ archive, rows }) => [archive.name, rows]).sort(),
    );
    expect(evidence.batches?.batches).toBeGreaterThan(3);
    expect(await events(database)).toEqual(['started', 'applied']);
    expect(await countOf(database, 'hygiene.progress')).toBe(0);
    expect(await database.query("select from pg_tables where tablename like 'frozen%'")).toEqual(
      [],
    );
    expect(await database.query('select ok from hygiene.verify_ledger()')).toEqual([{ ok: true }]);
  });

  test('is refused as one transaction is, before anything is listed or removed', async () => {
    const before = await contents(database);
    const options = "dependents: { live_sessions: 'purge', reports: 'purge' }";
    bench.write(`${ID}.ts`, purgeInBatches({ options }));
    expect((await bench.upError()).code).toBe('HYG_REFUSED_DEPENDENTS');
    bench.write(`${ID}.ts`, purgeInBatches({ options: "dependents: 'all', budget: { max: 10 }" }));
    const error = await bench.upError();
    expect(error.code).toBe('HYG_REFUSED_BUDGET');
    expect(error.hint).not.toContain('stay done');
    expect(await contents(database)).toEqual(before);
    expect(await countOf(database, 'hygiene.progress')).toBe(0);
    expect(await events(database)).toEqual([
      'started',
      'failed HYG_REFUSED_DEPENDENTS',
      'started',
      'failed HYG_REFUSED_BUDGET',
    ]);
    expect((await bench.write(`${ID}.ts`, purgeInBatches()).up()).error).toBeNull();
  });

  test('stops when dependents that nobody named have come meanwhile, and goes on when they are named', async () => {
    const options = "dependents: { live_sessions: 'purge', reports: 'purge', payments: 'nullify' }";
    await database.execute(`
      create table kept as select * from subscriptions; delete from subscriptions;`);
    bench.write(`${ID}.ts`, purgeInBatches({ options }));
    await bench.up({ batches: { firstSize: 20, targetMs: 1, maxDurationMs: 1 } });
    await database.execute(
      'insert into subscriptions overriding system value select * from kept; drop table kept',
    );
    const error = await bench.upError({ batches: { firstSize: 20, targetMs: 1 } });
    expect(error.code).toBe('HYG_REFUSED_DEPENDENTS');
    const { error: none } = await bench.write(`${ID}.ts`, purgeInBatches()).up();
    expect(none).toBeNull();
    expect(await countOf(database, "users where email like '%@example.com'")).toBe(0);
  });

  test('begun in batches is not gone on with in one transaction', async () => {
    await bench.up({ batches: { firstSize: 20, targetMs: 1, maxDurationMs: 1 } });
    const single = purgeInBatches().replace("transaction: 'batched',", '');
    const error = await bench.write(`${ID}.ts`, single).upError();
    expect(error.code).toBe('HYG_INTEGRITY_EDITED');
    expect(error.message).toContain('was begun in batches');
    expect((await bench.write(`${ID}.ts`, purgeInBatches()).up()).error).toBeNull();
  });

  test('is planned with its batches, and never refused for its size', async () => {
    await database.execute(`
      insert into users (email, name)
      select 'mass' || n || '@example.com', 'Mass' from generate_series(1, 100100) n`);
    const options = "dependents: 'all'";
    const { migrations } = await bench.write(`${ID}.ts`, purgeInBatches({ options })).plan();
    expect(migrations[0]?.refusals).toEqual([]);
    expect(migrations[0]).toMatchObject({ transaction: 'batched', batches: { firstSize: 500 } });
    expect(migrations[0]?.batches?.about).toBeGreaterThan(1);
    const single = purgeInBatches({ options }).replace("transaction: 'batched',", '');
    const error = await bench.write(`${ID}.ts`, single).upError();
    expect(error.code).toBe('HYG_REFUSED_LARGE_ONLINE');
    expect(error.hint).toContain("transaction: 'batched'");
  });

  test('does not count an unchanged check that somebody else has broken as held', async () => {
    const verify = "await expect.unchanged('admins'); await expect.none(demoUsers);";
    bench.write(`${ID}.ts`, purgeInBatches({ verify }));
    await bench.up({ batches: { firstSize: 20, targetMs: 1, maxDurationMs: 1 } });
    await database.execute("update admins set email = email || '.org'");
    const error = await bench.upError();
    expect(error.code).toBe('HYG_VERIFY_FAILED');
    expect(error.message).toContain('admins unchanged');
  });
});
