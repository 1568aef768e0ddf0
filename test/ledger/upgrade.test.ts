import { expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { contentOf, countOf } from '../engine/witness.ts';
import { purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge_demo_users';

/** The ledger as version 1 made it: without what came since. */
async function downgrade(database: TestDatabase): Promise<void> {
  await database.execute(`
    alter table hygiene.archives drop column changed_columns;
    drop table hygiene.progress;
    drop table hygiene.guards;
    update hygiene.meta set schema_version = 1;
  `);
}

async function installed(): Promise<{ database: TestDatabase; bench: Workbench }> {
  const database = await freshDatabase('sample.sql');
  const bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  await installOperation(bench.world(), { ...bench.options(), mark: null });
  return { database, bench };
}

test('a ledger of the version before still records what is applied', async () => {
  const { database, bench } = await installed();
  await downgrade(database);
  expect((await bench.up()).error).toBeNull();
  expect(await countOf(database, 'hygiene.archives')).toBe(5);
});

test('an upgrade adds what is missing, once, and changes no event', async () => {
  const { database, bench } = await installed();
  await bench.up();
  await downgrade(database);
  const events = await contentOf(database, 'hygiene.ledger');
  const upgrade = { ...bench.options(), mark: null, upgrade: true };
  expect(await installOperation(bench.world(), upgrade)).toMatchObject({ installed: 'upgraded' });
  expect(await installOperation(bench.world(), upgrade)).toMatchObject({ installed: 'before' });
  expect(await contentOf(database, 'hygiene.ledger')).toBe(events);
  expect(await database.query('select schema_version from hygiene.meta')).toEqual([
    { schema_version: 2 },
  ]);
});
