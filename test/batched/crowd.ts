import { expect } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { Workbench } from '../engine/workbench.ts';
import type { TestDatabase } from '../support/database.ts';

export const CROWD_ID = '20260101000000_purge_demo_users';

/** Users, nine of ten of them doomed, with two sessions each, and a payment that stays. */
export const crowdMigration = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';

const demoUsers = rows('users', sql\`email like '%@example.com'\`);

export default defineHygiene({
  description: 'Remove the demo users of the crowd',
  transaction: 'batched',
  up: purge(demoUsers, { dependents: { sessions: 'purge', payments: 'nullify' } }),
  async verify({ expect }) {
    await expect.none(demoUsers);
  },
});
`;

/** Small batches, so that a few thousand rows take many. */
export const SMALL_BATCHES = { firstSize: 20, targetMs: 1 };
export const SMALL_BATCH_FLAGS = ['--batch-size', '20', '--batch-target', '0.001'];

interface Counts {
  readonly users: number;
  readonly sessions: number;
  readonly payments: number;
}

/** A database with a crowd in it, and what must hold of it at any moment. */
export class Crowd {
  readonly database: TestDatabase;
  readonly bench: Workbench;
  readonly start: Counts;

  private constructor(database: TestDatabase, start: Counts) {
    this.database = database;
    this.start = start;
    this.bench = new Workbench(database.url).write(`${CROWD_ID}.ts`, crowdMigration);
  }

  static async gathered(database: TestDatabase, users: number): Promise<Crowd> {
    await database.execute(`
      create table users (id bigint generated always as identity primary key, email text not null);
      create table sessions (id bigint generated always as identity primary key,
        user_id bigint not null references users on delete cascade);
      create table payments (id bigint generated always as identity primary key,
        user_id bigint references users);
      insert into users (email)
        select case when n % 10 = 0 then 'user' || n || '@corp.io' else 'demo' || n || '@example.com' end
          from generate_series(1, ${String(users)}) n;
      insert into sessions (user_id) select id from users, generate_series(1, 2);
      insert into payments (user_id) select id from users where id % 3 = 0;
      create index on sessions (user_id);
      create index on payments (user_id);
      analyze;
    `);
    const crowd = new Crowd(database, {
      users,
      sessions: 2 * users,
      payments: Math.floor(users / 3),
    });
    await installOperation(crowd.bench.world(), { ...crowd.bench.options(), mark: null });
    return crowd;
  }

  up(changes: Parameters<Workbench['up']>[0] = {}): ReturnType<Workbench['up']> {
    return this.bench.up({ batches: SMALL_BATCHES, ...changes });
  }

  /** Resolves when so many rows are done, or when nobody is at work any more. */
  async untilDone(rows: number): Promise<void> {
    await this.database.execute(`
      do $$
      begin
        for try in 1 .. 6000 loop
          perform pg_stat_clear_snapshot();
          if exists (select from hygiene.progress where rows_done >= ${String(rows)})
             or exists (select from hygiene.ledger where event = 'applied') then return; end if;
          perform pg_sleep(0.005);
          commit;
        end loop;
        raise exception 'what the test waits for never came';
      end $$`);
  }

  async rowsDone(): Promise<number> {
    const [row] = await this.database.query<{ done: number }>(
      'select coalesce(max(rows_done), 0)::int as done from hygiene.progress',
    );
    return row?.done ?? 0;
  }

  /** Removed + left = start; archived = removed; nothing twice; what stays lost no more than it should. */
  async expectWhole(): Promise<void> {
    const [counts] = await this.database.query(`
      select (select count(*)::int from users) + ${await this.#archived('users')} as users,
             (select count(*)::int from sessions) + ${await this.#archived('sessions')} as sessions,
             (select count(*)::int from payments) as payments,
             (select count(*)::int from payments where user_id is null)
               - ${await this.#archived('payments_mutations')} as cleared_unseen`);
    expect(counts).toEqual({ ...this.start, cleared_unseen: 0 });
    const listed = await this.database.query<{ name: string; rows: number }>(
      'select archive_table as name, rows::int as rows from hygiene.archives order by 1',
    );
    for (const { name, rows } of listed) {
      const counted = await this.database.query(
        `select count(*)::int as rows, count(distinct id)::int as ids from hygiene_archive."${name}"`,
      );
      expect({ name, counted }).toEqual({ name, counted: [{ rows, ids: rows }] });
    }
    expect(await this.database.query('select ok from hygiene.verify_ledger()')).toEqual([
      { ok: true },
    ]);
  }

  async #archived(source: string): Promise<string> {
    const name = `hygiene_archive."20260101000000_g1_${source}"`;
    const [found] = await this.database.query(`select to_regclass('${name}') is not null as there`);
    return found?.['there'] === true ? `(select count(*)::int from ${name})` : '0';
  }
}
