import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { eventOf, installLedger, type OpenLedger } from './installed-ledger.ts';

const database = useDatabase();
let open: OpenLedger;
beforeAll(async () => {
  open = await installLedger(database.url);
  await open.ledger.append(eventOf('started'));
});
afterAll(() => open.connection.close());

/** A value that no column of the event has, by column type. */
const other: Readonly<Record<string, string>> = {
  bigint: '77',
  integer: '77',
  text: `'backup'`,
  uuid: 'gen_random_uuid()',
  jsonb: `'[]'`,
  'timestamp with time zone': `'2020-01-01'`,
};

test('a change of any column is found, also of one that is added to the table later', async () => {
  const columns = await database.query<{ name: string; type: string }>(`
    select attname as name, format_type(atttypid, null) as type
      from pg_attribute
     where attrelid = 'hygiene.ledger'::regclass and attnum > 0 and not attisdropped
  `);
  const unnoticed: string[] = [];
  for (const { name, type } of columns) {
    await open.connection.script(`
      begin;
      alter table hygiene.ledger disable trigger ledger_append_only;
      update hygiene.ledger set ${name} = ${String(other[type])};
      alter table hygiene.ledger enable always trigger ledger_append_only;
    `);
    const { ok } = await open.ledger.verifyChain();
    unnoticed.push(...[name].filter(() => ok));
    await open.connection.script('rollback');
  }
  expect(columns.length).toBeGreaterThan(20);
  expect(unnoticed).toEqual([]);
  expect((await open.ledger.verifyChain()).ok).toBe(true);
});
