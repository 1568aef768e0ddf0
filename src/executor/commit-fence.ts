import type { Connection } from '../database/connection.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';

/**
 * Makes every COMMIT fail that the engine did not ask for: a deferred constraint trigger on a
 * temporary table raises at commit as long as the fence is armed. Whatever way the author's code
 * found to commit, its transaction is rolled back.
 */
export class CommitFence {
  readonly #connection: Connection;
  readonly #fenceFunction: QualifiedName;

  constructor(connection: Connection, ledgerSchema: string) {
    this.#connection = connection;
    this.#fenceFunction = new QualifiedName(ledgerSchema, 'commit_fence');
  }

  async arm(): Promise<void> {
    await this.#connection.query(
      sql`create temp table hygiene_fence (armed boolean not null) on commit drop`,
    );
    await this.#connection.query(sql`
      create constraint trigger hygiene_fence
        after insert on pg_temp.hygiene_fence
        deferrable initially deferred
        for each row execute function ${this.#fenceFunction}()
    `);
    await this.#connection.query(sql`insert into pg_temp.hygiene_fence values (true)`);
  }

  /**
   * Lets all deferred constraints be checked now, so that a violation belongs to the step that made
   * it and later DDL finds no pending trigger events. The fence is armed again afterwards.
   */
  async checkDeferredConstraints(): Promise<void> {
    await this.#connection.script(`
      update pg_temp.hygiene_fence set armed = false;
      set constraints all immediate;
      set constraints all deferred;
      delete from pg_temp.hygiene_fence;
      insert into pg_temp.hygiene_fence values (true)`);
  }

  /** Opens the fence for the engine's own COMMIT. */
  async release(): Promise<void> {
    await this.#connection.query(sql`update pg_temp.hygiene_fence set armed = false`);
  }
}
