import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { rolesScript } from '../../src/ledger/ddl.ts';
import type { NewEvent } from '../../src/ledger/events.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { chainLockKey, defaultLedgerNames, lockKey } from '../../src/ledger/names.ts';
import { freshDatabase, useDatabase } from '../support/database.ts';
import {
  connectTo,
  eventOf,
  installLedger,
  openLedger,
  type OpenLedger,
} from './installed-ledger.ts';

const run = '6f1f4ac4-0d6b-4b0e-9d8e-3f6a5b1c2d3e';

const everything: NewEvent = {
  event: 'applied',
  migrationId: '20260112090000_purge_demo_users',
  generation: 1,
  checksum: 'sha256:aa',
  configFingerprint: 'sha256:bb',
  durationMs: 1234.6,
  runId: run,
  environment: 'production',
  identity: { database: 'shop' },
  actor: { osUser: 'ada', host: 'runner-7', ciUrl: 'https://ci.example/1', commit: 'abc' },
  toolVersion: '1.2.3',
  ticket: 'OPS-123',
  rows: [
    { table: 'users', planned: 300, archived: 300, removed: 300, strategy: 'delete' },
    { table: 'payments', planned: 0, archived: 20, removed: 0, changed: 20 },
    { table: 'live_sessions', planned: 7, archived: 7, removed: 7 },
  ],
  checks: [{ check: 'none', expected: 0, actual: 0 }],
  error: null,
  note: 'as agreed',
  evidence: { warnings: [] },
};

describe('a database without a ledger', () => {
  const database = useDatabase();

  test('has an empty snapshot', async () => {
    const { ledger, connection } = await openLedger(database.url);
    expect(await ledger.isInstalled()).toBe(false);
    expect(await ledger.snapshot()).toEqual({
      installed: false,
      schemaVersion: null,
      headOk: true,
      headSeq: null,
      headHash: null,
      events: [],
      marker: null,
    });
    await connection.close();
  });

  test('keeps nothing of an installation that is rolled back', async () => {
    const { ledger, connection } = await openLedger(database.url);
    await connection.script('begin');
    await ledger.install();
    expect(await ledger.isInstalled()).toBe(true);
    await connection.script('rollback');
    expect(await ledger.isInstalled()).toBe(false);
    await connection.close();
  });
});

describe('an installed ledger', () => {
  const database = useDatabase();
  let open: OpenLedger;
  beforeAll(async () => {
    open = await installLedger(database.url);
  });
  afterAll(() => open.connection.close());

  test('gives back everything that was recorded', async () => {
    const appended = await open.ledger.append(everything);
    const [event] = await open.ledger.events();
    expect(event).toEqual({
      ...everything,
      ...appended,
      durationMs: 1235,
      actor: { ...everything.actor, role: 'postgres', login: 'postgres' },
      identity: { ...everything.identity, ledger: expect.objectContaining({}) as unknown },
      hashVersion: 1,
    });
    expect(await open.ledger.hashAt(appended.seq)).toBe(appended.hash);
  });

  test('has a snapshot that agrees with its history', async () => {
    await open.ledger.append(eventOf('failed', { error: { message: 'no', sqlstate: '23503' } }));
    const snapshot = await open.ledger.snapshot();
    expect(snapshot).toMatchObject({
      installed: true,
      schemaVersion: 2,
      headOk: true,
      marker: null,
    });
    expect(snapshot.events).toEqual(await open.ledger.history());
    expect(snapshot.events.at(-1)).toMatchObject({ event: 'failed', errorMessage: 'no' });
  });

  test('gives the newest events of a migration, oldest first', async () => {
    for (const note of ['1', '2', '3']) {
      await open.ledger.append(eventOf('approved', { migrationId: 'm7', note }));
    }
    const events = await open.ledger.events({ migrationId: 'm7', limit: 2 });
    expect(events.map(({ note }) => note)).toEqual(['2', '3']);
  });

  test('can be read in psql', async () => {
    const id = everything.migrationId;
    expect(
      await database.query(`select * from hygiene.status where migration_id = $1`, [id]),
    ).toMatchObject([
      { status: 'applied', generation: 1, applied_by: 'ada', rows_removed: '307', run_id: run },
    ]);
    expect(await database.query('select * from hygiene.history where seq = 1')).toMatchObject([
      {
        event: 'applied',
        what: 'users: 300 removed, payments: 0 removed, 20 changed, live_sessions: 7 removed',
        role: 'postgres',
        os_user: 'ada',
        git_commit: 'abc',
        environment: 'production',
        ticket: 'OPS-123',
      },
    ]);
  });

  test('explains every table, column, view and function', async () => {
    const silent = await database.query(`
      select c.relname || coalesce('.' || a.attname, '') as name
        from pg_class as c
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'hygiene'::regnamespace
         and c.relkind in ('r', 'v')
         and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
      union all
      select p.proname from pg_proc as p
       where p.pronamespace = 'hygiene'::regnamespace and obj_description(p.oid, 'pg_proc') is null
    `);
    expect(silent).toEqual([]);
    const [schemas] = await database.query<{ archive: string }>(
      `select obj_description('hygiene_archive'::regnamespace, 'pg_namespace') as archive`,
    );
    expect(schemas?.archive).toContain('PERSONAL DATA');
  });

  test('is refused by a tool that does not know its version', async () => {
    expect(await open.ledger.version()).toBe(2);
    await open.connection.script('begin; update hygiene.meta set schema_version = 9');
    const newer = { code: 'HYG_LEDGER_UNKNOWN_VERSION', hint: expect.stringContaining('Upgrade') };
    await expect(open.ledger.version()).rejects.toMatchObject(newer);
    await expect(open.ledger.snapshot()).rejects.toMatchObject(newer);
    await open.connection.script('update hygiene.meta set schema_version = -1');
    await expect(open.ledger.snapshot()).rejects.toMatchObject({
      hint: 'Use the version of pg-hygiene that made it.',
    });
    await open.connection.script('delete from hygiene.meta');
    await expect(open.ledger.version()).rejects.toMatchObject({
      message: expect.stringContaining('does not say which version'),
    });
    await open.connection.script('rollback');
  });

  test('marks its database, each time with a new marker', async () => {
    expect(await open.ledger.marker()).toBeNull();
    const staging = await open.ledger.mark('staging');
    const production = await open.ledger.mark('production');
    expect(production.marker).not.toBe(staging.marker);
    expect(production).toMatchObject({
      environment: 'production',
      markedBy: 'postgres',
      identity: { database: database.name, marker: production.marker },
    });
    expect(await open.ledger.marker()).toEqual(production);
    expect((await open.ledger.snapshot()).marker).toEqual(production);
  });
});

describe('a role that does not own the ledger', () => {
  test('needs no more than to be a member of the role of the script', async () => {
    const database = await freshDatabase();
    const owner = await installLedger(database.url);
    await owner.connection.script('create role deployer');
    const deployer = await connectTo(database.url);
    await deployer.script('set role deployer');
    const ledger = new Ledger(deployer, defaultLedgerNames);
    await expect(ledger.snapshot()).rejects.toMatchObject({
      code: 'HYG_REFUSED_PRIVILEGES',
      hint: expect.stringContaining('--print-sql'),
    });

    await owner.connection.script(rolesScript(defaultLedgerNames));
    await owner.connection.script('grant hygiene_runner to deployer');
    await ledger.append(eventOf('started'));
    expect(await ledger.snapshot()).toMatchObject({ headOk: true, events: [{ event: 'started' }] });
    expect(await ledger.verifyChain()).toMatchObject({ ok: true });
    await deployer.query(rawSql('select * from hygiene.status, hygiene.history'));
    await expect(deployer.query(sql`update hygiene.ledger set note = 'x'`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(ledger.mark('production')).rejects.toMatchObject({
      code: 'HYG_REFUSED_PRIVILEGES',
    });
    await deployer.close();
    await owner.connection.script('drop owned by deployer; drop role deployer');
    await owner.connection.close();
  });
});

describe('the commit fence', () => {
  const database = useDatabase();
  const prepare = `
    begin;
    create temporary table hygiene_fence (armed boolean not null) on commit drop;
    create constraint trigger hygiene_fence after insert or update on hygiene_fence
      deferrable initially deferred for each row execute function hygiene.commit_fence();
    insert into hygiene_fence values (true);
  `;

  test('fails a commit that comes while it is armed, again and again in one session', async () => {
    const { connection } = await installLedger(database.url);
    for (let n = 0; n < 3; n += 1) {
      await connection.script(prepare);
      await expect(connection.script('commit')).rejects.toMatchObject({
        code: 'HY001',
        message: 'The transaction was committed by somebody other than hygiene.',
      });
    }
    await connection.close();
  });

  test('lets the commit pass once it is released', async () => {
    const { connection } = await openLedger(database.url);
    await connection.script(prepare);
    await connection.script(
      'create table public.made (id int); update hygiene_fence set armed = false; commit',
    );
    expect(await database.query('select count(*)::int as n from made')).toEqual([{ n: 0 }]);
    await connection.close();
  });
});

test('the lock of the chain is not the lock of the run', () => {
  expect(lockKey(defaultLedgerNames)).toBe('"hygiene"."ledger"');
  expect(chainLockKey(defaultLedgerNames)).not.toBe(`hygiene run ${lockKey(defaultLedgerNames)}`);
});
