import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Connection } from '../../src/database/connection.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { eventOf } from './installed-ledger.ts';
import { embeddedIn } from '../support/embedded.ts';

describe('the ledger in the embedded database', () => {
  let directory: string;
  let connection: Connection;
  let ledger: Ledger;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hygiene-ledger-'));
    connection = await (await embeddedIn(directory)).connect();
    ledger = new Ledger(connection, defaultLedgerNames);
  });
  afterAll(async () => {
    await connection.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('is installed, written, read and proven like any other', async () => {
    expect((await ledger.snapshot()).installed).toBe(false);
    await connection.script('begin isolation level read committed');
    await ledger.install('1.2.3');
    const started = await ledger.append(eventOf('started', { evidence: { large: 1e21 } }));
    await connection.script('commit');
    const applied = await ledger.append(eventOf('applied', { durationMs: 7, rows: [] }));
    expect(applied).toMatchObject({ seq: 2, prevHash: started.hash });
    expect((await ledger.snapshot()).events).toEqual(await ledger.history());
    expect(await ledger.snapshot()).toMatchObject({
      installed: true,
      schemaVersion: 2,
      headOk: true,
    });
    const [event] = await ledger.events({ limit: 1 });
    expect(event).toMatchObject({ ...applied, durationMs: 7, rows: [], event: 'applied' });
    expect(await ledger.verifyChain()).toEqual({
      ok: true,
      events: 2,
      headSeq: 2,
      headHash: applied.hash,
      problems: [],
    });
  });

  test('is marked, and refuses changes', async () => {
    const marker = await ledger.mark('demo');
    expect(await ledger.marker()).toEqual(marker);
    expect(marker.identity).toMatchObject({ address: null, marker: marker.marker });
    await expect(connection.script('delete from hygiene.ledger')).rejects.toMatchObject({
      code: 'HY002',
    });
    await expect(ledger.append(eventOf('applied'))).rejects.toMatchObject({ code: '23505' });
  });

  test('keeps the commit fence', async () => {
    await connection.script(`
      begin;
      create temporary table hygiene_fence (armed boolean not null) on commit drop;
      create constraint trigger hygiene_fence after insert or update on hygiene_fence
        deferrable initially deferred for each row execute function hygiene.commit_fence();
      insert into hygiene_fence values (true);
    `);
    await expect(connection.script('commit')).rejects.toMatchObject({ code: 'HY001' });
  });
});
