import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { GENESIS_HASH } from '../../src/ledger/chain-sql.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { useDatabase } from '../support/database.ts';
import { eventOf, installLedger, openLedger, type OpenLedger } from './installed-ledger.ts';

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
               '[1, "%s", 1, "backup", "%s", 1, null, null, "%s", null, null, null, %s, %s, null, null, null, null, null, "0", null]',
               prev_hash, migration_id,
               to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), identity, actor
             ), 'UTF8')), 'hex') as own
        from hygiene.ledger where seq = 1
    `);
    expect(row?.own).toBe(row?.hash);
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
