import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from '@jest/globals';

import { installLedger } from '../ledger/installed-ledger.ts';
import { freshDatabase } from '../support/database.ts';

const EVENTS = 1_000;
const WRITER = fileURLToPath(new URL('./append-events.mjs', import.meta.url));

test('two processes that append 1,000 events each leave one chain without a gap', async () => {
  const database = await freshDatabase();
  const { ledger, connection } = await installLedger(database.url);
  const writer = (): Promise<unknown> =>
    promisify(execFile)(process.execPath, [WRITER, database.url, String(EVENTS)]);
  await Promise.all([writer(), writer()]);
  expect(await ledger.verifyChain()).toMatchObject({ ok: true, events: 2 * EVENTS, problems: [] });
  const turns = await database.query<{ turns: number }>(`
    select count(*) filter (where writer is distinct from before)::int as turns
      from (select split_part(note, ' ', 1) as writer,
                   lag(split_part(note, ' ', 1)) over (order by seq) as before
              from hygiene.ledger) as each`);
  // They took turns: neither waited for the other to end.
  expect(turns[0]?.turns).toBeGreaterThan(10);
  await connection.close();
});
