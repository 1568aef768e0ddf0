import type { TestDatabase } from '../support/database.ts';

/** A config with which batches wait until the gate is open. */
export const gatedConfig = `
import { defineConfig, sql } from 'pg-hygiene';
export default defineConfig({ batches: { throttle: sql\`select count(*) from traffic.gate\` } });
`;

/** Others who work on the database without a break, and a gate that a run finds shut until it has seen them. */
export class Others {
  readonly #database: TestDatabase;
  readonly #work: Promise<void>;
  #isOver = false;

  private constructor(database: TestDatabase) {
    this.#database = database;
    this.#work = this.#keepOn();
  }

  static async atWork(database: TestDatabase): Promise<Others> {
    await database.execute(`
      create schema traffic;
      create table traffic.gate (n int);
      insert into traffic.gate values (1);`);
    return new Others(database);
  }

  /** Resolves with the run, whose batches begin when it has looked at the server more than once. */
  async beside<T>(running: Promise<T>): Promise<T> {
    await this.#database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          if exists (select from hygiene.progress where heartbeat > frozen_at + interval '3 s') then return; end if;
          perform pg_sleep(0.01);
          commit;
        end loop;
        raise exception 'it never waited';
      end $$`);
    await this.#database.execute('truncate traffic.gate');
    try {
      return await running;
    } finally {
      this.#isOver = true;
      await this.#work;
      await this.#database.execute('drop schema traffic cascade');
    }
  }

  async #keepOn(): Promise<void> {
    const session = await this.#database.connect();
    // What touches no table is told to the statistics late, or never.
    while (!this.#isOver) await session.query('select from traffic.gate');
  }
}
