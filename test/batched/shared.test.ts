import { beforeEach, describe, expect, test } from '@jest/globals';

import { evidenceOf } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { Crowd } from './crowd.ts';

/** One batch takes all, if time is what it is cut by. */
const LARGE_BATCHES = { firstSize: 1_000, targetMs: 60_000 };

const gatedConfig = `
import { defineConfig, sql } from 'pg-hygiene';
export default defineConfig({ batches: { throttle: sql\`select count(*) from gate\` } });
`;

/** Somebody who works on the database without a break, until told to stop. */
class Busy {
  #isOver = false;
  readonly #work: Promise<void>;

  constructor(database: TestDatabase) {
    this.#work = this.#keepOn(database);
  }

  async #keepOn(database: TestDatabase): Promise<void> {
    const session = await database.connect();
    // What touches no table is told to the statistics late, or never.
    while (!this.#isOver) await session.query('select from payments limit 1');
  }

  stop(): Promise<void> {
    this.#isOver = true;
    return this.#work;
  }
}

describe('a batch', () => {
  let database: TestDatabase;
  let crowd: Crowd;

  beforeEach(async () => {
    database = await freshDatabase();
    crowd = await Crowd.gathered(database, 600);
    // A sequence counts statements, and is no change of a table.
    await database.execute(`
      create sequence deletes;
      create function count_delete() returns trigger language plpgsql
        as $$ begin perform nextval('deletes'); return null; end $$;
      create trigger count_delete after delete on users
        for each statement execute function count_delete();
      create table gate (n int);
      insert into gate values (1);`);
    crowd.bench.write('config.ts', gatedConfig);
  });

  /** Resolves when the run has looked at the server for longer than it needs to know what others do. */
  async function untilLookedAround(): Promise<void> {
    await database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          if exists (select from hygiene.progress where heartbeat > frozen_at + interval '3 s') then return; end if;
          perform pg_sleep(0.01);
          commit;
        end loop;
        raise exception 'it never waited';
      end $$`);
  }

  async function deletes(): Promise<number> {
    const [row] = await database.query<{ n: number }>(
      'select case when is_called then last_value::int else 0 end as n from deletes',
    );
    return row?.n ?? 0;
  }

  test('alone removes the rows of a table by one statement', async () => {
    await database.execute('truncate gate');
    const { batches } = evidenceOf(await crowd.up({ batches: LARGE_BATCHES }));
    expect([batches?.batches, await deletes()]).toEqual([1, 1]);
    await crowd.expectWhole();
  });

  test('beside others removes them by short ones, and the same rows', async () => {
    const others = new Busy(database);
    const running = crowd.up({ batches: LARGE_BATCHES });
    await untilLookedAround();
    await database.execute('truncate gate');
    const { batches } = evidenceOf(await running);
    await others.stop();
    expect(batches?.batches).toBe(1);
    expect(await deletes()).toBeGreaterThan(2);
    await crowd.expectWhole();
  });
});
