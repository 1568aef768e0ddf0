import { describe, expect, test } from '@jest/globals';
import { GENESIS_HASH } from '../../src/ledger/chain-sql.ts';
import type { RecordedEvent } from '../../src/ledger/events.ts';
import { checkDigest } from '../../src/policy/ledger-digest.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { eventOf, installLedger, type OpenLedger } from './installed-ledger.ts';

async function fiveEvents(): Promise<OpenLedger & { readonly database: TestDatabase }> {
  const database = await freshDatabase();
  const open = await installLedger(database.url);
  for (const note of ['one', 'two', 'three', 'four', 'five']) {
    await open.ledger.append(eventOf('backup', { note }));
  }
  return { ...open, database };
}

/** A ledger of five events which a superuser then tampers with, all triggers switched off. */
async function tampered(...statements: readonly string[]): Promise<OpenLedger> {
  const { database, ...open } = await fiveEvents();
  await database.execute('alter table hygiene.ledger disable trigger user');
  for (const statement of statements) await database.execute(statement);
  await database.execute(`
    alter table hygiene.ledger enable always trigger ledger_append_only;
    alter table hygiene.ledger enable always trigger ledger_no_truncate;
    alter table hygiene.ledger enable always trigger ledger_check_append;
  `);
  return open;
}

/** What an owner does who knows how the chain is made. */
const RECOMPUTE = `
  alter table hygiene.ledger disable trigger user;
  alter table hygiene.ledger drop constraint ledger_prev_hash_key, drop constraint ledger_hash_key;
  update hygiene.ledger set note = 'TWO' where seq = 2;
  do $$
  declare
    entry hygiene.ledger;
    previous text := '${GENESIS_HASH}';
  begin
    for entry in select * from hygiene.ledger order by seq loop
      entry.prev_hash := previous;
      previous := hygiene.event_hash(entry);
      update hygiene.ledger set prev_hash = entry.prev_hash, hash = previous where seq = entry.seq;
    end loop;
  end $$;
  alter table hygiene.ledger add constraint ledger_prev_hash_key unique (prev_hash),
    add constraint ledger_hash_key unique (hash);
  alter table hygiene.ledger enable always trigger ledger_append_only;
  alter table hygiene.ledger enable always trigger ledger_no_truncate;
  alter table hygiene.ledger enable always trigger ledger_check_append;`;

const CHANGED = 'it was changed after it was recorded';
const DOES_NOT_FOLLOW =
  'it does not follow the event before it: one was removed, inserted, replaced or moved';

interface Problem {
  readonly problem: string;
  readonly atSeq: number | null;
}

function sorted(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ atSeq, problem }) => `${String(atSeq)}: ${problem}`).sort();
}

const SWITCHED = 'after it, a trigger of the ledger was switched off and on again';

/** What was found beside the switched triggers, which nobody could tamper without. */
function beside(problems: readonly Problem[]): readonly Problem[] {
  expect(problems.map(({ problem }) => problem)).toContain(SWITCHED);
  return problems.filter(({ problem }) => problem !== SWITCHED);
}

describe('tampering by a superuser', () => {
  test.each([
    {
      what: 'an edited event',
      statements: [`update hygiene.ledger set note = 'TWO' where seq = 2`],
      problems: [{ problem: CHANGED, atSeq: 2 }],
      headOk: true,
    },
    {
      what: 'a changed time',
      statements: [`update hygiene.ledger set at = at - interval '1 microsecond' where seq = 5`],
      problems: [{ problem: CHANGED, atSeq: 5 }],
      headOk: false,
    },
    {
      what: 'an edited event with a recomputed hash',
      statements: [
        `update hygiene.ledger set note = 'TWO' where seq = 2`,
        `update hygiene.ledger as l set hash = hygiene.event_hash(l) where seq = 2`,
      ],
      problems: [{ problem: DOES_NOT_FOLLOW, atSeq: 3 }],
      headOk: true,
    },
    {
      what: 'a deleted event',
      statements: ['delete from hygiene.ledger where seq = 3'],
      problems: [
        { problem: 'events 3 to 3 are missing', atSeq: 4 },
        { problem: DOES_NOT_FOLLOW, atSeq: 4 },
      ],
      headOk: false,
    },
    {
      what: 'a beginning cut off',
      statements: ['delete from hygiene.ledger where seq <= 2'],
      problems: [
        { problem: 'events 1 to 2 are missing', atSeq: 3 },
        { problem: DOES_NOT_FOLLOW, atSeq: 3 },
      ],
      headOk: false,
    },
    {
      what: 'two events in each other’s place',
      statements: [
        'update hygiene.ledger set seq = 30 where seq = 3',
        'update hygiene.ledger set seq = 3 where seq = 2',
        'update hygiene.ledger set seq = 2 where seq = 30',
      ],
      problems: [
        { problem: CHANGED, atSeq: 2 },
        { problem: DOES_NOT_FOLLOW, atSeq: 2 },
        { problem: CHANGED, atSeq: 3 },
        { problem: DOES_NOT_FOLLOW, atSeq: 3 },
        { problem: DOES_NOT_FOLLOW, atSeq: 4 },
      ],
      headOk: true,
    },
    {
      what: 'an event put in between',
      statements: [
        'update hygiene.ledger set seq = 6 where seq = 5',
        'update hygiene.ledger set seq = 5 where seq = 4',
        `insert into hygiene.ledger (seq, event, at, hash_version, prev_hash, hash)
           select 4, 'backup', at, 1, 'made up', 'made up too' from hygiene.ledger where seq = 3`,
      ],
      problems: [
        { problem: CHANGED, atSeq: 4 },
        { problem: DOES_NOT_FOLLOW, atSeq: 4 },
        { problem: CHANGED, atSeq: 5 },
        { problem: DOES_NOT_FOLLOW, atSeq: 5 },
        { problem: CHANGED, atSeq: 6 },
      ],
      headOk: false,
    },
    {
      what: 'an unknown hash version',
      statements: ['update hygiene.ledger set hash_version = 9 where seq = 5'],
      problems: [{ problem: 'hash version 9 is not known here', atSeq: 5 }],
      headOk: false,
    },
    {
      what: 'a column that was emptied',
      statements: ['update hygiene.ledger set actor = null where seq = 1'],
      problems: [{ problem: CHANGED, atSeq: 1 }],
      headOk: true,
    },
  ])('$what is found', async ({ statements, problems, headOk }) => {
    const { ledger, connection } = await tampered(...statements);
    const report = await ledger.verifyChain();
    expect(report.ok).toBe(false);
    expect(sorted(beside(report.problems))).toEqual(sorted(problems));
    expect(await ledger.headIsIntact()).toBe(headOk);
    await connection.close();
  });

  test('a cut-off end is a shorter chain that holds: only a digest tells', async () => {
    const { ledger, connection } = await tampered('delete from hygiene.ledger where seq >= 4');
    const report = await ledger.verifyChain();
    expect([report.events, beside(report.problems)]).toEqual([3, []]);
    expect(await ledger.hashAt(5)).toBeNull();
    const cut = checkDigest({ seq: 5, hash: GENESIS_HASH }, { found: null, headSeq: 3 });
    expect([cut?.code, cut?.message]).toEqual([
      'HYG_INTEGRITY_DIGEST',
      expect.stringContaining('taken at event 5, but the ledger ends at 3: it was truncated'),
    ]);
    await connection.close();
  });

  test('triggers that were switched off and on again are found, and only between those events', async () => {
    const { ledger, connection } = await tampered();
    await ledger.append(eventOf('backup', { note: 'six' }));
    await ledger.append(eventOf('backup', { note: 'seven' }));
    expect(await ledger.verifyChain()).toMatchObject({
      ok: false,
      problems: [{ problem: SWITCHED, atSeq: 5 }],
    });
    await connection.close();
  });

  test('a chain that the owner has recomputed holds: only a digest tells', async () => {
    const { ledger, connection, database } = await fiveEvents();
    const [{ hash: before }] = (await ledger.events()).slice(-1) as [RecordedEvent];
    await database.execute(RECOMPUTE);
    expect(beside((await ledger.verifyChain()).problems)).toEqual([]);
    const found = await ledger.hashAt(5);
    expect(found).not.toBe(before);
    const error = checkDigest({ seq: 5, hash: before }, { found, headSeq: 5 });
    expect(error?.message).toContain('Event 5 has another hash than the digest says');
    await connection.close();
  });

  test('a broken head stops a run', async () => {
    const { ledger, connection } = await tampered(
      'update hygiene.ledger set ticket = $$T$$ where seq = 5',
    );
    await expect(ledger.verifyHead()).rejects.toMatchObject({
      code: 'HYG_INTEGRITY_CHAIN',
      hint: expect.stringContaining('select * from hygiene.verify_ledger()'),
    });
    expect((await ledger.snapshot()).headOk).toBe(false);
    await connection.close();
  });

  test.each([
    [
      'disabled',
      'ledger_append_only',
      'alter table hygiene.ledger disable trigger ledger_append_only',
    ],
    [
      'not for replicas',
      'ledger_no_truncate',
      'alter table hygiene.ledger enable trigger ledger_no_truncate',
    ],
    ['dropped', 'ledger_check_append', 'drop trigger ledger_check_append on hygiene.ledger'],
  ])('a trigger that is %s is reported: %s', async (_how, trigger, statement) => {
    const database = await freshDatabase();
    const { ledger, connection } = await installLedger(database.url);
    expect(await ledger.verifyChain()).toEqual({
      ok: true,
      events: 0,
      headSeq: null,
      headHash: null,
      problems: [],
    });
    await database.execute(statement);
    expect(await ledger.verifyChain()).toMatchObject({
      ok: false,
      problems: [
        { problem: `the trigger ${trigger} is missing, disabled or replaced`, atSeq: null },
      ],
    });
    await connection.close();
  });
});
