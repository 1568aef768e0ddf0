import { beforeEach, describe, expect, test } from '@jest/globals';

import type { Logger } from '../../src/kernel/ports.ts';
import { silentLogger } from '../../src/kernel/ports.ts';
import type { ProgressReport } from '../../src/kernel/progress.ts';
import { upOperation } from '../../src/app/operations/up.ts';
import { readSignals } from '../../src/executor/throttle-signals.ts';
import { openConnection } from '../database/open-connection.ts';
import { events } from '../engine/witness.ts';
import { evidenceOf } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Crowd, SMALL_BATCHES } from './crowd.ts';

function configWith(throttle: string): string {
  return `
import { defineConfig, sql } from 'pg-hygiene';
export default defineConfig({ batches: { throttle: sql\`${throttle}\` } });
`;
}

describe('what batches wait for', () => {
  let database: TestDatabase;
  let crowd: Crowd;

  beforeEach(async () => {
    database = await freshDatabase();
    crowd = await Crowd.gathered(database, 600);
  });

  /** Resolves when the progress row gives this reason. */
  async function untilWaiting(reason: string): Promise<void> {
    await database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          if exists (select from hygiene.progress where waiting_for = '${reason}') then return; end if;
          perform pg_sleep(0.01);
          commit;
        end loop;
        raise exception 'it never waited';
      end $$`);
  }

  test("is the config's statement, with the reason in the progress row, the reports and the event", async () => {
    await database.execute('create table busy (n int); insert into busy values (1)');
    crowd.bench.write('config.ts', configWith('select count(*) from busy'));
    const told: ProgressReport[] = [];
    const running = upOperation(crowd.bench.world({ progress: (report) => told.push(report) }), {
      ...crowd.bench.options({ batches: SMALL_BATCHES }),
      confirm: null,
      execOrder: 'linear',
    });
    await untilWaiting('the throttle of hygiene/config');
    expect(await crowd.rowsDone()).toBe(0);
    await database.execute('truncate busy');
    const { batches } = evidenceOf(await running);
    expect(batches?.waitedMs['config']).toBeGreaterThan(0);
    expect(told.map(({ waitingFor }) => waitingFor)).toContain('the throttle of hygiene/config');
    expect(told.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['selecting', 'removing']),
    );
    const last = told.at(-1);
    expect(last?.rowsDone).toBe(last?.rowsTotal);
  });

  test('that fails is an error of the config, and what is done stays', async () => {
    crowd.bench.write('config.ts', configWith('select nothing from nowhere'));
    const { error } = await crowd.up();
    expect(error?.code).toBe('HYG_CONFIG_INVALID');
    expect(error?.message).toContain('batches.throttle');
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'failed HYG_CONFIG_INVALID']);
  });

  test('needs no right beyond the grants of the documentation', async () => {
    const [{ role } = { role: '' }] = await database.query<{ role: string }>(
      `select 'crowd_' || substr(md5(random()::text), 1, 8) as role`,
    );
    await database.execute(`
      create role ${role} login password 'x';
      grant usage on schema hygiene to ${role};
      grant usage, create on schema hygiene_archive to ${role};
      grant select, insert on hygiene.ledger to ${role};
      grant select on hygiene.meta, hygiene.environment, hygiene.status, hygiene.history to ${role};
      grant select, insert, update, delete on hygiene.archives, hygiene.progress to ${role};
      grant execute on all functions in schema hygiene to ${role};
      grant select, update, delete on users, sessions, payments to ${role};`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    const warnings: object[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) };
    const report = await upOperation(crowd.bench.world({ logger }), {
      ...crowd.bench.options({ databaseUrl: url.href, batches: SMALL_BATCHES }),
      confirm: null,
      execOrder: 'linear',
    });
    evidenceOf(report);
    await crowd.expectWhole();
    expect(warnings).toEqual([]);
    await database.execute(`drop owned by ${role}; drop role ${role}`);
  });

  test('that others are at work is seen by what the database commits', async () => {
    const session = await database.connect();
    const connection = await openConnection(database.url);
    const before = await readSignals(connection, []);
    for (let n = 0; n < 60; n += 1) await session.query('select 1');
    // Statistics of a session that stays busy are told late otherwise.
    await session.query('select pg_stat_force_next_flush()');
    await session.query('select 1');
    const after = await readSignals(connection, []);
    expect(after.transactions - before.transactions).toBeGreaterThanOrEqual(60);
    await connection.close();
  });
});
