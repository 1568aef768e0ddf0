import type { Client } from 'pg';

import type { TestDatabase } from '../support/database.ts';

const KEY = 4711;

/** A place in the database where a runner stops until the test lets it go. */
export class Gate {
  readonly #database: TestDatabase;
  readonly #holder: Client;

  constructor(database: TestDatabase, holder: Client) {
    this.#database = database;
    this.#holder = holder;
  }

  /** Closed at once: whoever comes to `wait_at_gate()` waits. */
  static async closed(database: TestDatabase): Promise<Gate> {
    const holder = await database.connect();
    await database.execute(`
      create function wait_at_gate() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(${String(KEY)});
        return case when tg_op = 'DELETE' then old else new end;
      end $$`);
    await holder.query('select pg_advisory_lock($1)', [KEY]);
    return new Gate(database, holder);
  }

  async open(): Promise<void> {
    await this.#holder.query('select pg_advisory_unlock($1)', [KEY]);
    await this.#holder.end();
  }

  /** Resolves when a session of the runner waits for a lock, by the server's own word. */
  untilReached(): Promise<void> {
    return untilTrue(
      this.#database,
      `exists (select from pg_stat_activity
                where datname = current_database() and application_name like 'hygiene %'
                  and application_name <> 'hygiene test' and wait_event_type = 'Lock')`,
    );
  }

  /** Resolves when no session of the runner is left on the server. */
  untilRunnerIsGone(): Promise<void> {
    return untilTrue(
      this.#database,
      `not exists (select from pg_stat_activity
                    where datname = current_database() and application_name like 'hygiene%'
                      and application_name <> 'hygiene test')`,
    );
  }
}

/** Resolves when the condition holds, by the server's own word; fails after about half a minute. */
export async function untilTrue(
  database: Pick<TestDatabase, 'execute'>,
  condition: string,
): Promise<void> {
  await database.execute(`
    do $$
    begin
      for try in 1 .. 3000 loop
        perform pg_stat_clear_snapshot();
        if ${condition} then return; end if;
        perform pg_sleep(0.01);
      end loop;
      raise exception 'what the test waits for never came';
    end $$`);
}
