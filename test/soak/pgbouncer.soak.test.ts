import { spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { Crowd, CROWD_ID, crowdMigration, SMALL_BATCHES } from '../batched/crowd.ts';
import { purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type Pooler, startPooler } from '../support/pooler.ts';

const ROUNDS = 5;
const PROTECT = `
import { defineConfig, rows, sql } from 'pg-hygiene';
export default defineConfig({ protect: [rows('admins', sql\`true\`)] });
`;

const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;
const reason = isInstalled ? '' : ' (skipped: pgbouncer is not installed)';

/** A pooler that gives each transaction any of two server connections. */
(isInstalled ? describe : describe.skip)(`behind a transaction pooler${reason}`, () => {
  let database: TestDatabase;
  let pooler: Pooler;
  let url: string;
  let crowdDatabase: TestDatabase;
  let crowdUrl: string;

  beforeAll(async () => {
    database = await freshDatabase('sample.sql');
    crowdDatabase = await freshDatabase();
    pooler = await startPooler(new URL(database.url), [
      'pool_mode = transaction',
      'default_pool_size = 2',
      'server_round_robin = 1',
    ]);
    url = pooler.urlOf(database.name);
    crowdUrl = pooler.urlOf(crowdDatabase.name);
  });

  afterAll(async () => {
    pooler.process.kill('SIGTERM');
    await once(pooler.process, 'close');
  });

  test('three runners at once apply each migration once, and leave nothing in the pool', async () => {
    const bench = new Workbench(url).write('config.ts', PROTECT);
    for (let round = 1; round <= ROUNDS; round += 1) {
      bench.write(`2026010100000${String(round)}_purge_demo_users.ts`, purgeDemoUsers());
      await database.execute(
        `insert into users (email, name) values ('again${String(round)}@example.com', 'Again')`,
      );
      const reports = await Promise.all([bench.up(), bench.up(), bench.up()]);
      expect(reports.map(({ error }) => error)).toEqual([null, null, null]);
    }
    const applied = await database.query("select from hygiene.ledger where event = 'applied'");
    expect(applied).toHaveLength(ROUNDS);
    expect(await database.query('select ok from hygiene.verify_ledger()')).toEqual([{ ok: true }]);
    expect(await leftInPool(url)).toEqual([]);
  });

  test('two runs of batches at once lose and double nothing, and leave nothing in the pool', async () => {
    const crowd = await Crowd.gathered(crowdDatabase, 2_000);
    const bench = new Workbench(crowdUrl).write(`${CROWD_ID}.ts`, crowdMigration);
    const batches = SMALL_BATCHES;
    const reports = await Promise.all([bench.up({ batches }), bench.up({ batches })]);
    expect(reports.map(({ error }) => error)).toEqual([null, null]);
    await crowd.expectWhole();
    expect(await leftInPool(crowdUrl)).toEqual([]);
  });

  /** What a session of the pool still carries from us: settings, locks, temporary tables. */
  async function leftInPool(pooled: string): Promise<readonly unknown[]> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: pooled });
    await client.connect();
    const { rows } = await client.query<{ left: string }>(`
      select name as left from pg_settings
       where source = 'session' and name in ('lock_timeout', 'statement_timeout', 'row_security')
      union all
      select relname from pg_class where relpersistence = 't' and relname like 'hygiene%'
      union all
      select 'lock' from pg_locks
       where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`);
    await client.end();
    return rows;
  }
});
