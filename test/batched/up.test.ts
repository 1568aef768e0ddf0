import { beforeEach, describe, expect, test } from '@jest/globals';

import { countOf, events } from '../engine/witness.ts';
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
});
