import { expect, test } from '@jest/globals';

import { freshDatabase } from '../support/database.ts';
import { installLedger } from './installed-ledger.ts';

test('an earlier snapshot saves reading its events again, unless the ledger is another one', async () => {
  const database = await freshDatabase();
  const { ledger } = await installLedger(database.url);
  const started = { event: 'started', migrationId: 'm1', generation: 1 } as const;
  await ledger.append(started);
  const first = await ledger.snapshot();
  expect(await ledger.snapshot(first)).toEqual(first);
  await ledger.append({ ...started, event: 'failed' });
  await ledger.append({ ...started, event: 'verified' });
  const second = await ledger.snapshot(first);
  expect(second).toEqual(await ledger.snapshot());
  expect(second.events.map(({ event }) => event)).toEqual(['started', 'failed']);
  expect(second.events[0]).toBe(first.events[0]);

  await database.execute(`
    alter table hygiene.ledger disable trigger all;
    delete from hygiene.ledger where seq > 1;
    alter table hygiene.ledger enable trigger all;
  `);
  const cut = await ledger.snapshot(second);
  expect(cut.events.map(({ seq }) => seq)).toEqual([1]);
  await database.execute(`
    alter table hygiene.ledger disable trigger all;
    update hygiene.ledger set hash = 'sha256:' || repeat('0', 64), note = 'another' where seq = 1;
  `);
  const replaced = await ledger.snapshot(first);
  expect(replaced.headHash).toMatch(/^sha256:0+$/);
  expect(replaced.events[0]).not.toBe(first.events[0]);
});
