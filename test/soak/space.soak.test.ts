import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { ConnectOptions } from '../../src/app/compose.ts';
import { runLogText } from '../../src/report/run-log.ts';
import { upText } from '../../src/report/up.ts';
import { upDocument } from '../../src/report/up-document.ts';
import type { SpaceReport, TableLeftover } from '../../src/runner/after-commit.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { migration, Workbench } from '../engine/workbench.ts';
import { embeddedIn } from '../support/embedded.ts';

/** Of a report about one table. */
function onlyTable(space: SpaceReport | null | undefined): TableLeftover {
  const [table, ...others] = space?.tables ?? [];
  if (table === undefined || others.length > 0) throw new Error('not one table');
  return table;
}

const ID = '20260101000000_purge_old';

const tableOf = (rows: number): string => `
  create table admins (id int primary key);
  create table big (id int primary key, note text not null);
  insert into big select n, repeat('x', 200) from generate_series(1, ${String(rows)}) as n;
  analyze big;`;

function purgeUpTo(id: number): string {
  return migration({
    up: `purge(rows('big', sql\`id <= ${String(id)}\`), { dependents: 'all', budget: { max: 100_000 } })`,
  });
}

describe('after the commit of a purge', () => {
  let database: TestDatabase;
  let bench: Workbench;

  beforeEach(async () => {
    database = await freshDatabase();
  });

  async function spaceAfter(
    rows: { readonly all: number; readonly gone: number },
    changes: Partial<ConnectOptions> = {},
  ): Promise<SpaceReport | null | undefined> {
    await database.execute(tableOf(rows.all));
    return up(rows.gone, changes);
  }

  async function up(
    gone: number,
    changes: Partial<ConnectOptions> = {},
    url = database.url,
  ): Promise<SpaceReport | null | undefined> {
    bench = new Workbench(url).write(`${ID}.ts`, purgeUpTo(gone));
    const { error, results } = await bench.up(changes);
    expect(error).toBeNull();
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(['applied']);
    return results[0]?.space;
  }

  async function rowsInStatistics(): Promise<unknown> {
    const [row] = await database.query(
      "select reltuples from pg_class where oid = 'big'::regclass",
    );
    return row?.['reltuples'];
  }

  test('of 10,000 rows the statistics are new, and the report says what is dead', async () => {
    const space = await spaceAfter({ all: 60_000, gone: 10_000 });
    expect(await rowsInStatistics()).toBe(50_000);
    expect(space).toMatchObject({ blockers: [], notes: [] });
    const table = onlyTable(space);
    expect(table).toMatchObject({ table: 'big', analyzed: true, rewritten: false });
    expect(table.deadBytes).toBe(Math.round(table.tableBytes / 6));
    const total = await database.query("select pg_total_relation_size('big')::int as bytes");
    expect(total).toEqual([{ bytes: table.tableBytes + table.indexBytes }]);
  });

  test.each([
    ['a fifth of the table', 5_000],
    ['all of the table', 1_000],
  ])('of 1,000 rows that are %s the same', async (_what, all) => {
    const space = await spaceAfter({ all, gone: 1_000 });
    expect(onlyTable(space).analyzed).toBe(true);
    expect(await rowsInStatistics()).toBe(all - 1_000);
  });

  test.each([
    ['less than a fifth', 5_100, 1_000],
    ['few rows, were they all', 999, 999],
  ])('of %s nothing is done and nothing said', async (_what, all, gone) => {
    expect(await spaceAfter({ all, gone })).toBeNull();
    expect(await rowsInStatistics()).toBe(all);
  });

  test('text, run log and document have it', async () => {
    await database.execute(tableOf(2_000));
    bench = new Workbench(database.url).write(`${ID}.ts`, purgeUpTo(1_500));
    const report = await bench.up();
    const lines = upText(report);
    const at = lines.findIndex((line) => line.startsWith('  space '));
    expect(lines.slice(at, at + 6).map((line) => line.replaceAll(/\d+ kB/g, 'N kB'))).toEqual([
      '  space  on disk  indexes     dead rows',
      '  big     N kB    N kB  about N kB',
      '  Autovacuum makes the space of dead rows free for new rows of the same table. It returns none to',
      '    the operating system, but for empty pages at the end. VACUUM (FULL) big returns it, and locks',
      '    everybody out meanwhile; pg_repack does it with short locks.',
      '  note: autovacuum is off on this server: the space is free only after VACUUM big;',
    ]);
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(runLogText({ ...report, at: new Date(0), toolVersion: '0' })).toContain(lines[at]);
    expect(upDocument(report)).toMatchObject({
      migrations: [
        { space: { tables: [{ table: 'big', analyzed: true }], blockers: [], notes: [] } },
      ],
    });
  });

  test('a transaction from before, which holds back VACUUM, is named', async () => {
    await database.execute(tableOf(2_000));
    const client = await database.connect();
    await client.query("set application_name = 'a long report'");
    await client.query('begin isolation level repeatable read');
    const { rows } = await client.query<{ pid: number }>(
      'select pg_backend_pid() as pid from big limit 1',
    );
    const space = await up(1_500);
    await client.query('rollback');
    expect(space?.blockers).toEqual([
      {
        kind: 'session',
        name: String(rows[0]?.pid),
        about: expect.stringMatching(/^a long report, \w+, idle in transaction$/),
        ageSeconds: expect.any(Number),
      },
    ]);
    expect(space?.blockers[0]?.ageSeconds).toBeGreaterThan(0);
  });

  test('a transaction from before that has written, and looks at nothing, is named too', async () => {
    await database.execute(tableOf(2_000));
    const client = await database.connect();
    await client.query('begin');
    await client.query('insert into admins values (1)');
    const space = await up(1_500);
    await client.query('rollback');
    expect(space?.blockers).toHaveLength(1);
  });

  test('a transaction that began later is nobody who holds back anything', async () => {
    await database.execute(tableOf(2_000));
    const client = await database.connect();
    await client.query('begin');
    // No snapshot is taken yet, nor held.
    await client.query('show server_version');
    const space = await up(1_500);
    await client.query('rollback');
    expect(space?.blockers).toEqual([]);
  });

  test('autovacuum that is off for the table alone is told apart', async () => {
    await database.execute(`${tableOf(2_000)} alter table big set (autovacuum_enabled = off);`);
    const space = await up(1_500);
    expect(onlyTable(space).autovacuumOff).toBe('table');
  });

  test('a partitioned table is measured with its partitions', async () => {
    await database.execute(`
      create table admins (id int primary key);
      create table big (id int primary key, note text not null) partition by range (id);
      create table big_low partition of big for values from (0) to (1500);
      create table big_high partition of big for values from (1500) to (9000)
        with (autovacuum_enabled = false);
      insert into big select n, repeat('x', 200) from generate_series(1, 2000) as n;
      analyze big;`);
    const space = await up(1_600);
    const [{ size } = { size: 0 }] = await database.query<{ size: number }>(
      "select (pg_table_size('big_low') + pg_table_size('big_high'))::int as size",
    );
    expect(space?.tables).toMatchObject([
      { table: 'big', tableBytes: size, autovacuumOff: 'table' },
    ]);
    expect(space?.tables[0]?.deadBytes).toBe(Math.round(size * 0.8));
    expect(await rowsInStatistics()).toBe(400);
  });

  test('a table that is busy stays as it is, with the line to run', async () => {
    await database.execute(tableOf(2_000));
    const client = await database.connect();
    await client.query('begin');
    await client.query('lock table big in share update exclusive mode');
    const space = await up(1_500, { rowLockTimeoutMs: 50 });
    await client.query('rollback');
    expect(space?.tables).toMatchObject([{ table: 'big', analyzed: false }]);
    expect(space?.notes).toEqual([
      expect.stringMatching(/^ANALYZE of big \(run it later: ANALYZE big;\): .*lock timeout/),
    ]);
    expect(await rowsInStatistics()).toBe(2_000);
  });

  describe('by a role that is not the owner', () => {
    let role: string;

    beforeEach(async () => {
      role = `cleaner_${randomBytes(4).toString('hex')}`;
      await database.execute(`
        ${tableOf(2_000)}
        create role ${role} login password 'secret';
        grant create on database "${database.name}" to ${role};
        grant select, update, delete on big to ${role};
        grant select on admins to ${role};`);
    });

    afterEach(async () => {
      await database.execute(`drop owned by ${role} cascade; drop role ${role};`);
    });

    const as = (name: string): string => {
      const url = new URL(database.url);
      url.username = name;
      url.password = 'secret';
      return url.href;
    };

    test('the line to run is told, and the run is a success', async () => {
      const space = await up(1_500, {}, as(role));
      expect(space?.notes).toEqual([
        'only the owner of big may renew its statistics: ANALYZE big;',
      ]);
      expect(space?.tables).toMatchObject([{ analyzed: false }]);
      const { tableBytes, deadBytes } = onlyTable(space);
      expect(deadBytes).toBe(Math.round(tableBytes * 0.75));
      expect(await rowsInStatistics()).toBe(2_000);
    });

    test('who may MAINTAIN it renews them', async () => {
      await database.execute(`grant maintain on big to ${role}`);
      const space = await up(1_500, {}, as(role));
      expect(space).toMatchObject({ notes: [], tables: [{ analyzed: true }] });
      expect(await rowsInStatistics()).toBe(500);
    });

    test('somebody else’s old transaction is seen by its number alone', async () => {
      const client = await database.connect();
      await client.query('begin isolation level repeatable read');
      await client.query('select from big');
      const space = await up(1_500, {}, as(role));
      await client.query('rollback');
      expect(space?.blockers).toMatchObject([{ kind: 'session', ageSeconds: null }]);
    });
  });
});

test('the embedded database says the same', async () => {
  const bench = new Workbench('postgres://nobody@nowhere.invalid/nothing');
  bench.write(`${ID}.ts`, purgeUpTo(1_500));
  const source = await embeddedIn(`${bench.directory}/.hygiene`);
  const connection = await source.connect();
  await connection.script(tableOf(2_000));
  await connection.close();
  const { error, results } = await bench.up({ databaseUrl: null, embedded: true });
  expect(error).toBeNull();
  expect(results[0]?.space).toMatchObject({
    tables: [{ table: 'big', analyzed: true }],
    blockers: [],
    notes: [],
  });
});
