import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { GENESIS_HASH } from '../../src/ledger/chain-sql.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { freshDatabase, useDatabase } from '../support/database.ts';
import { eventOf, installLedger, openLedger, type OpenLedger } from './installed-ledger.ts';

/** A ledger of five events which a superuser then tampers with, all triggers switched off. */
async function tampered(...statements: readonly string[]): Promise<OpenLedger> {
  const database = await freshDatabase();
  const open = await installLedger(database.url);
  for (const note of ['one', 'two', 'three', 'four', 'five']) {
    await open.ledger.append(eventOf('backup', { note }));
  }
  await database.execute('alter table hygiene.ledger disable trigger user');
  for (const statement of statements) await database.execute(statement);
  await database.execute(`
    alter table hygiene.ledger enable always trigger ledger_append_only;
    alter table hygiene.ledger enable always trigger ledger_no_truncate;
    alter table hygiene.ledger enable always trigger ledger_check_append;
  `);
  return open;
}

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

function firstOf(opened: readonly OpenLedger[]): OpenLedger {
  const [first] = opened;
  if (first === undefined) throw new Error('no ledger is open');
  return first;
}

describe('a chain written by four connections at a time', () => {
  const database = useDatabase();
  const opened: OpenLedger[] = [];

  beforeAll(async () => {
    opened.push(await installLedger(database.url));
    for (let n = 1; n < 4; n += 1) opened.push(await openLedger(database.url));
    await Promise.all(
      opened.map(async ({ ledger }, writer) => {
        for (let n = 0; n < 13; n += 1) {
          await ledger.append(
            eventOf('backup', { migrationId: `w${String(writer)}`, note: String(n) }),
          );
        }
      }),
    );
  });

  afterAll(async () => {
    await Promise.all(opened.map(({ connection }) => connection.close()));
  });

  test('holds every event, without a gap and without a fork', async () => {
    const { ledger } = firstOf(opened);
    const report = await ledger.verifyChain();
    const events = await ledger.events();
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 52 }, (_, n) => n + 1));
    expect(events.map(({ prevHash }) => prevHash)).toEqual([
      GENESIS_HASH,
      ...events.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(report).toEqual({
      ok: true,
      events: 52,
      headSeq: 52,
      headHash: events.at(-1)?.hash,
      problems: [],
    });
  });

  test('keeps the order of each writer', async () => {
    const events = await firstOf(opened).ledger.events({ migrationId: 'w3' });
    expect(events.map(({ note }) => note)).toEqual(Array.from({ length: 13 }, (_, n) => String(n)));
  });

  test('has the same hashes in sessions with other settings', async () => {
    const strange = await openLedger(database.url);
    await strange.connection.script(`
      set timezone = 'Asia/Kathmandu';
      set datestyle = 'SQL, DMY';
      set intervalstyle = 'sql_standard';
      set extra_float_digits = -5;
      set bytea_output = 'escape';
      set search_path = '';
      set standard_conforming_strings = off;
    `);
    const added = await strange.ledger.append(
      eventOf('applied', {
        runId: 'B1946AC9-2492-4234-8A4B-1F4A5D4E5B6C',
        evidence: { share: 0.1, large: 1e21, text: 'Zoë \u0000 \\ "x" \ud800', list: [null, true] },
      }),
    );
    const report = await firstOf(opened).ledger.verifyChain();
    expect(report).toMatchObject({ ok: true, events: 53, headHash: added.hash });
    expect(await strange.ledger.verifyChain()).toEqual(report);
    await strange.connection.close();
  });

  test('can be recomputed outside of the database', async () => {
    const [row] = await database.query<{ own: string; hash: string }>(`
      select hash,
             'sha256:' || encode(sha256(convert_to(format(
               '[1, "%s", 1, "backup", "%s", 1, null, null, "%s", null, null, null, null, %s, null, null, null, null, null, "0", null]',
               prev_hash, migration_id,
               to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor
             ), 'UTF8')), 'hex') as own
        from hygiene.ledger where seq = 1
    `);
    expect(row?.own).toBe(row?.hash);
  });
});

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
    expect(sorted(report.problems)).toEqual(sorted(problems));
    expect(await ledger.headIsIntact()).toBe(headOk);
    await connection.close();
  });

  test('a cut-off end is a shorter chain that holds: only the hash kept elsewhere tells', async () => {
    const { ledger, connection } = await tampered('delete from hygiene.ledger where seq >= 4');
    expect(await ledger.verifyChain()).toMatchObject({ ok: true, events: 3 });
    expect(await ledger.hashAt(5)).toBeNull();
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

describe('the ledger is append-only', () => {
  const database = useDatabase();
  let open: OpenLedger;

  beforeAll(async () => {
    open = await installLedger(database.url);
    await open.ledger.append(eventOf('started'));
    await open.ledger.append(eventOf('applied'));
  });
  afterAll(() => open.connection.close());

  const replica = 'set session_replication_role = replica;';

  test.each([
    ['UPDATE', `update hygiene.ledger set note = 'x'`],
    ['DELETE', 'delete from hygiene.ledger'],
    ['TRUNCATE', 'truncate hygiene.ledger'],
    ['UPDATE', `${replica} update hygiene.ledger set note = 'x'`],
    ['DELETE', `${replica} delete from hygiene.ledger`],
    ['TRUNCATE', `${replica} truncate hygiene.ledger`],
  ])('%s is refused and told what to do instead: %s', async (operation, statement) => {
    await expect(open.connection.script(statement)).rejects.toMatchObject({
      code: 'HY002',
      message: `The ledger is append-only: ${operation} is refused.`,
      hint: expect.stringContaining('what is recorded stays as it was written'),
    });
  });

  /** An INSERT by hand of an event that fits, but for what is given. */
  const insert = ({
    seq = 'head.seq + 1',
    previous = 'head.hash',
    hash = 'event_hash(draft)',
  }): string => `
    insert into hygiene.ledger
    select (jsonb_populate_record(draft, jsonb_build_object('hash', hygiene.${hash}))).*
      from (
        select jsonb_populate_record(
          null::hygiene.ledger,
          jsonb_build_object(
            'seq', ${seq}, 'event', 'backup', 'at', now(), 'hash_version', 1,
            'prev_hash', ${previous}
          )
        ) as draft
        from (select * from hygiene.ledger order by seq desc limit 1) as head
      ) as made`;

  test.each([
    ['a hash of its own', { hash: `event_hash(draft) || 'x'` }],
    ['another position', { seq: 'head.seq + 2' }],
    ['another predecessor', { previous: 'head.prev_hash' }],
  ])('an INSERT with %s is refused', async (_what, difference) => {
    const refused = {
      code: 'HY002',
      message: 'The ledger refuses an event that does not continue its hash chain.',
    };
    await expect(open.connection.script(insert(difference))).rejects.toMatchObject(refused);
    const asReplica = open.connection.script(`${replica} ${insert(difference)}`);
    await expect(asReplica).rejects.toMatchObject(refused);
  });

  test('an INSERT that continues the chain is what a restored dump does', async () => {
    await open.connection.script(insert({}));
    expect((await open.ledger.verifyChain()).ok).toBe(true);
  });

  test('one migration is applied once in a generation', async () => {
    await expect(open.ledger.append(eventOf('applied'))).rejects.toMatchObject({
      code: '23505',
      constraint: 'ledger_applied_once',
    });
    await open.ledger.append(eventOf('applied', { generation: 2 }));
  });

  test('an event is not recorded in a transaction that may not see the head', async () => {
    await open.connection.script('begin isolation level repeatable read');
    await expect(open.ledger.append(eventOf('backup'))).rejects.toMatchObject({
      code: 'HY003',
      message: 'The ledger cannot be written in a REPEATABLE READ transaction.',
    });
    await open.connection.script('rollback');
  });

  test.each([
    ['an unknown event', `{"event": "dropped"}`, '23514'],
    ['a migration without generation', `{"event": "backup", "migration_id": "m1"}`, '23514'],
    ['a field of its own', `{"event": "backup", "seq": 7}`, 'HY004'],
    ['rows that are no list', `{"event": "backup", "rows": {}}`, '23514'],
    ['no event', `{}`, '23502'],
  ])('%s is refused', async (_what, event, code) => {
    await expect(
      open.connection.query(sql`select hygiene.append_event(${event}::text::jsonb)`),
    ).rejects.toMatchObject({ code });
  });

  test('role and login are those of the session, whatever the event claims', async () => {
    await open.ledger.append(eventOf('backup', { actor: { role: 'somebody', host: 'h' } }));
    const [last] = await open.ledger.events({ limit: 1 });
    expect(last?.actor).toEqual({ role: 'postgres', login: 'postgres', host: 'h' });
  });

  test('an append that is rolled back leaves no gap', async () => {
    const before = await open.ledger.history();
    await open.connection.script('begin');
    await open.ledger.append(eventOf('backup'));
    await open.connection.script('rollback');
    const { seq } = await open.ledger.append(eventOf('backup'));
    expect(seq).toBe(before.length + 1);
    expect((await open.ledger.verifyChain()).ok).toBe(true);
  });

  test('two ledgers of one database have chains of their own', async () => {
    const names = { schema: 'Other "ledger"', archiveSchema: 'other_archive' };
    const other = await installLedger(database.url, names);
    expect(await other.ledger.append(eventOf('started'))).toMatchObject({ seq: 1 });
    expect(await other.ledger.verifyChain()).toMatchObject({ ok: true, events: 1 });
    expect(defaultLedgerNames).not.toEqual(names);
    const rows = await other.connection.query(rawSql('select * from "Other ""ledger""".status'));
    expect(rows.rowCount).toBe(1);
    await other.connection.close();
  });
});
