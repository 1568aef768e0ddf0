import { expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { contentOf, contents, countOf } from '../engine/witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { downgradeLedger } from '../support/ledger-before.ts';

const ID = '20260101000000_purge_demo_users';

async function installed(): Promise<{ database: TestDatabase; bench: Workbench }> {
  const database = await freshDatabase('sample.sql');
  const bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  await installOperation(bench.world(), { ...bench.options(), mark: null });
  return { database, bench };
}

test('a ledger of the version before still records what is applied', async () => {
  const { database, bench } = await installed();
  await downgradeLedger(database);
  expect((await bench.up()).error).toBeNull();
  expect(await countOf(database, 'hygiene.archives')).toBe(5);
});

test('an upgrade adds what is missing, once, and changes no event', async () => {
  const { database, bench } = await installed();
  await bench.up();
  await downgradeLedger(database);
  const events = await contentOf(database, 'hygiene.ledger');
  const upgrade = { ...bench.options(), mark: null, upgrade: true };
  expect(await installOperation(bench.world(), upgrade)).toMatchObject({ installed: 'upgraded' });
  expect(await installOperation(bench.world(), upgrade)).toMatchObject({ installed: 'before' });
  expect(await contentOf(database, 'hygiene.ledger')).toBe(events);
  expect(await database.query('select schema_version from hygiene.meta')).toEqual([
    { schema_version: 2 },
  ]);
});

test('before it is upgraded it has one archive of each table, and a restore all the same', async () => {
  const { database, bench } = await installed();
  await downgradeLedger(database);
  bench.write(
    `${ID}.ts`,
    migration({
      up: `[
        purge(rows('live_sessions', sql\`user_id <= 5\`)),
        scrub(rows('users', sql\`id <= 3\`), { set: { name: 'Nobody' } }),
        purge(rows('live_sessions', sql\`user_id = 6\`)),
      ]`,
    }),
  );
  const before = await contents(database);
  evidenceOf(await bench.up());
  expect(
    await database.query('select source_table, kind from hygiene.archives order by source_table'),
  ).toEqual([
    { source_table: 'live_sessions', kind: 'rows' },
    { source_table: 'users', kind: 'mutations' },
  ]);
  await installOperation(bench.world(), { ...bench.options(), mark: null, upgrade: true });
  await bench.restore(ID);
  expect(await contents(database)).toEqual(before);
});
