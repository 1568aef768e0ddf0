import { beforeEach, describe, expect, test } from '@jest/globals';

import { evidenceOf } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Crowd } from './crowd.ts';
import { gatedConfig, Others } from './others.ts';

/** One batch takes all, if time is what it is cut by. */
const LARGE_BATCHES = { firstSize: 1_000, targetMs: 60_000 };

describe('a batch', () => {
  let database: TestDatabase;
  let crowd: Crowd;

  beforeEach(async () => {
    database = await freshDatabase();
    crowd = await Crowd.gathered(database, 600);
    // A sequence counts statements, and is no change of a table.
    await database.execute(`
      create sequence deletes;
      create function count_delete() returns trigger language plpgsql
        as $$ begin perform nextval('deletes'); return null; end $$;
      create trigger count_delete after delete on users
        for each statement execute function count_delete();`);
  });

  async function deletes(): Promise<number> {
    const [row] = await database.query<{ n: number }>(
      'select case when is_called then last_value::int else 0 end as n from deletes',
    );
    return row?.n ?? 0;
  }

  test('alone removes the rows of a table by one statement', async () => {
    const { batches } = evidenceOf(await crowd.up({ batches: LARGE_BATCHES }));
    expect([batches?.batches, await deletes()]).toEqual([1, 1]);
    await crowd.expectWhole();
  });

  test('beside others removes them by short ones, and the same rows', async () => {
    crowd.bench.write('config.ts', gatedConfig);
    const others = await Others.atWork(database);
    const { batches } = evidenceOf(await others.beside(crowd.up({ batches: LARGE_BATCHES })));
    expect(batches?.batches).toBe(1);
    expect(await deletes()).toBeGreaterThan(2);
    await crowd.expectWhole();
  });
});
