import { expect, test } from '@jest/globals';

import { encodedDatabase } from '../support/database.ts';
import { sampleSql } from '../docs/pages.ts';
import { purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';

/** With words that few encodings have. */
const FOREIGN = purgeDemoUsers({ options: "dependents: 'all', guard: true" }).replace(
  'Remove the demo accounts',
  'Köche → weg … 削除 😀',
);

test.each([
  ['UTF8', 'Köche → weg … 削除 😀'],
  ['LATIN1', 'Köche ? weg ? ?? ?'],
  ['WIN1252', 'Köche ? weg … ?? ?'],
  ['EUC_JP', 'K?che ? weg ? ?? ?'],
])('in %s all is recorded, as far as the database knows the words', async (encoding, words) => {
  const database = await encodedDatabase(encoding);
  await database.execute(sampleSql());
  const bench = new Workbench(database.url).write(`${ID}.ts`, FOREIGN);
  const { error, results } = await bench.up();
  expect(error).toBeNull();
  expect(results).toMatchObject([{ guards: [{ state: 'validated' }] }]);
  const [applied] = await database.query(
    "select note, evidence::text from hygiene.ledger where event = 'applied'",
  );
  expect(JSON.stringify(applied)).toContain(words);
  const chain = await database.query('select * from hygiene.verify_ledger() where not ok');
  expect(chain).toEqual([]);
});
