import { type Connection, queryOne } from '../database/connection.ts';
import { createTemporaryTable, createUnloggedTable } from '../database/create-table-as.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { nameList, type Sql, sql } from '../kernel/sql.ts';

const SMALL_SAMPLE = 5;

export interface SurvivorCopy {
  readonly name: QualifiedName;
  readonly rows: number;
}

/**
 * The copies of rows that stay, for the time of a purge in the window. Several processes can read an
 * unlogged table but not a temporary one, and what stays is read again for every row that goes.
 */
export class SurvivorCopies {
  readonly #connection: Connection;
  /** Null for temporary tables. */
  readonly #schema: string | null;
  readonly #prefix: string;
  #made: readonly QualifiedName[] = [];

  /**
   * @param schema null where the role may make no tables but temporary ones
   * @param prefix names the tables; unique in the transaction
   */
  constructor(connection: Connection, schema: string | null, prefix: string) {
    this.#connection = connection;
    this.#schema = connection.kind === 'embedded' ? null : schema;
    this.#prefix = prefix;
  }

  /** In the order in which the rows lie: they go back in that order, and indexes are filled quicker so. */
  async make(rows: Sql): Promise<SurvivorCopy> {
    if (this.#made.length === 0 && this.#schema !== null) await this.#readByTwo();
    const table = `hygiene_${this.#prefix}_kept_${String(this.#made.length + 1)}`;
    const name = new QualifiedName(this.#schema ?? 'pg_temp', table);
    this.#made = [...this.#made, name];
    const create = this.#schema === null ? createTemporaryTable : createUnloggedTable;
    const count = await this.#withSetting('max_parallel_workers_per_gather', 0, () =>
      create(this.#connection, name, rows),
    );
    return { name, rows: count };
  }

  /** A small sample will do: it is read for its size, and joined by its key. */
  async analyze({ name }: SurvivorCopy): Promise<void> {
    await this.#withSetting('default_statistics_target', SMALL_SAMPLE, () =>
      this.#connection.query(sql`analyze ${name}`),
    );
  }

  async drop(): Promise<void> {
    if (this.#made.length === 0) return;
    await this.#connection.query(sql`drop table ${nameList(this.#made)}`);
    this.#made = [];
  }

  /**
   * What is read is written by this process alone: one more that reads keeps it busy, others wait. The
   * planner thinks that handing rows over costs more than it does.
   */
  async #readByTwo(): Promise<void> {
    await this.#connection.query(sql`
      select set_config('parallel_tuple_cost', '0', true),
             set_config('max_parallel_workers_per_gather',
                        least(1, current_setting('max_parallel_workers_per_gather')::int)::text,
                        true)
    `);
  }

  async #withSetting<T>(name: string, value: number, work: () => Promise<T>): Promise<T> {
    const connection = this.#connection;
    const { before } = await queryOne<{ before: string }>(
      connection,
      sql`
        with found as materialized (select current_setting(${name}) as before)
        select before, set_config(${name}, ${String(value)}, true) from found
      `,
    );
    const result = await work();
    await connection.query(sql`select set_config(${name}, ${before}, true)`);
    return result;
  }
}
