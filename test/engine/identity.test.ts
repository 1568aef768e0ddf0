import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import type { EnvironmentMarker } from '../../src/ledger/environment-marker.ts';
import { createDatabase, freshDatabase, type TestDatabase } from '../support/database.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { migration, Workbench } from './workbench.ts';

const PURGE = migration({
  up: "purge(rows('users', sql`id > 1`), { budget: { max: 10 } })",
}).replace("atLeast('admins', 0)", "atLeast('users', 1)");
const SCHEMA = 'create table users (id int primary key); insert into users values (1), (2), (3)';

function benchOf(url: string): Workbench {
  return new Workbench(url).write('20260101000000_purge.ts', PURGE);
}

function mark(bench: Workbench, environment: string): ReturnType<typeof installOperation> {
  return installOperation(bench.world(), { ...bench.options(), mark: environment });
}

/** As a dump carries it into another database. */
async function carryMarker(from: TestDatabase, to: TestDatabase): Promise<void> {
  const [row] = await from.query('select * from hygiene.environment');
  const columns = Object.keys(row ?? {});
  await to.query(
    `insert into hygiene.environment (${columns.join(', ')})
     values (${columns.map((_, at) => `$${String(at + 1)}`).join(', ')})`,
    Object.values(row ?? {}),
  );
}

describe('a database that was marked production', () => {
  let server: PostgresServer;
  let database: TestDatabase;
  const shared = process.env['HYGIENE_TEST_SERVER'];

  beforeAll(async () => {
    server = await startPostgresServer();
    process.env['HYGIENE_TEST_SERVER'] = server.url;
    database = await createDatabase();
    await database.execute(SCHEMA);
    await mark(benchOf(database.url), 'production');
  });

  afterAll(async () => {
    await database.close();
    process.env['HYGIENE_TEST_SERVER'] = shared;
    await server.stop();
  });

  test('is told from a copy of its files on another port, and left alone until it is marked anew', async () => {
    const twin = await server.copy();
    const url = new URL(database.url);
    url.port = new URL(twin.url).port;
    const bench = benchOf(url.href);
    const error = await bench.upError({ confirm: database.name });
    expect([error.code, error.exitCode]).toEqual(['HYG_REFUSED_IDENTITY', 7]);
    expect(error.message).toContain('probably a copy of the data directory');
    expect(error.message).toContain(`port: ${new URL(database.url).port} when it was marked`);
    expect(error.message).not.toContain('system identifier');
    expect(error.hint).toContain('hygiene mark');

    const report = await mark(bench, 'staging');
    expect(report.before).toMatchObject({ environment: 'production' });
    expect(report.before?.differences.map(({ field }) => field)).toEqual(['port']);
    expect((await bench.up()).error).toBeNull();
    await twin.stop();
  });

  test('is told from a copy in the same cluster', async () => {
    await database.close();
    const copy = await createDatabase({ template: database.name });
    const error = await benchOf(copy.url).upError({ confirm: copy.name });
    expect(error.message).toContain('another database of the same cluster; probably a copy');
    expect(error.message).toContain(`database: ${database.name} when it was marked`);
    await copy.drop();
  });

  test('is told from a dump of it that was restored into another cluster', async () => {
    process.env['HYGIENE_TEST_SERVER'] = shared;
    const restored = await freshDatabase();
    await restored.execute(SCHEMA);
    const bench = benchOf(restored.url);
    await installOperation(bench.world(), { ...bench.options(), mark: null });
    await carryMarker(database, restored);
    const error = await bench.upError({ confirm: restored.name });
    expect(error.message).toContain('in another cluster; restored from a dump, or upgraded');
    expect(await restored.query('select count(*)::int as n from users')).toEqual([{ n: 3 }]);
    expect(await restored.query('select event from hygiene.ledger')).toEqual([]);

    await mark(bench, 'production');
    expect((await bench.up({ confirm: restored.name })).error).toBeNull();
    process.env['HYGIENE_TEST_SERVER'] = server.url;
  });

  test('is itself under every address that it was marked under', async () => {
    const bench = benchOf(database.url);
    const elsewhere = `update hygiene.environment
      set identity = identity || '{"address": "10.0.0.9", "addresses": ["10.0.0.9:5432"]}'`;
    await database.execute(elsewhere);
    expect((await bench.upError({ confirm: database.name })).code).toBe('HYG_REFUSED_IDENTITY');
    await mark(bench, 'production');
    const [row] = await database.query<EnvironmentMarker>(
      'select identity from hygiene.environment',
    );
    const port = new URL(database.url).port;
    expect(row?.identity.addresses).toEqual(['10.0.0.9:5432', `127.0.0.1:${port}`]);
    expect((await bench.up({ confirm: database.name })).error).toBeNull();
  });
});

test('every command that changes or records something refuses a copy', async () => {
  const database = await freshDatabase();
  await database.execute(SCHEMA);
  const bench = benchOf(database.url);
  await bench.up();
  await mark(bench, 'staging');
  await database.execute(
    `update hygiene.environment set identity = identity || '{"databaseOid": 1}'`,
  );
  const refused = expect.objectContaining({ code: 'HYG_REFUSED_IDENTITY' });
  await expect(bench.restore('20260101000000_purge')).rejects.toEqual(refused);
  await expect(bench.reapply('20260101000000_purge')).rejects.toEqual(refused);
  // What it has is still to be seen.
  expect((await bench.verify()).migrations).toHaveLength(1);
});
