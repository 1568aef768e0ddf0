import { type Connection, queryOne } from '../database/connection.ts';
import { createTemporaryTable, createUnloggedTable } from '../database/create-table-as.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { nameList, rawSql, type Sql, sql } from '../kernel/sql.ts';

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
  /** Null where the role may make no tables but temporary ones. */
  readonly #schema: string | null;
  readonly #prefix: string;
  #made: readonly QualifiedName[] = [];

  private constructor(connection: Connection, schema: string | null, prefix: string) {
    this.#connection = connection;
    this.#schema = schema;
    this.#prefix = prefix;
  }

  /** @param prefix names the tables; unique in the transaction */
  static async within(
    connection: Connection,
    schema: string | null,
    prefix: string,
  ): Promise<SurvivorCopies> {
    const isShared = connection.kind !== 'embedded' && schema !== null;
    // What is read is written by this process alone; the planner thinks that handing rows over costs more.
    if (isShared) await connection.query(rawSql('set local parallel_tuple_cost = 0'));
    return new SurvivorCopies(connection, isShared ? schema : null, prefix);
  }

  /** In the order in which the rows lie: they go back in that order, and indexes are filled quicker so. */
  async make(rows: Sql): Promise<SurvivorCopy> {
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
