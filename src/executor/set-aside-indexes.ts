import type { Table } from '../catalog/model.ts';
import { type PlainIndex, readPlainIndexes } from '../catalog/plain-indexes.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { nameList, rawSql, sql } from '../kernel/sql.ts';

/**
 * Indexes that are not there while a table is filled: made of all rows at once, sorted, they take a fraction
 * of the time and of the log. They come back as they were, to the letter; that is compared, not assumed.
 */
export class SetAsideIndexes {
  readonly #connection: Connection;
  readonly #tables: readonly number[];
  #indexes: readonly PlainIndex[] = [];

  /** @param tables of which only those count whose indexes the role may make */
  constructor(connection: Connection, tables: readonly Table[]) {
    this.#connection = connection;
    this.#tables = tables.filter(({ privileges }) => privileges.owner).map(({ oid }) => oid);
  }

  async drop(): Promise<void> {
    if (this.#tables.length === 0) return;
    this.#indexes = await readPlainIndexes(this.#connection, this.#tables);
    if (this.#indexes.length === 0) return;
    const names = this.#indexes.map(({ name }) => name);
    await this.#connection.query(sql`drop index ${nameList(names)}`);
  }

  /** @throws HygieneError HYG_RUN_SCHEMA_CHANGED */
  async makeAgain(): Promise<void> {
    if (this.#indexes.length === 0) return;
    for (const { definition } of this.#indexes) {
      await this.#connection.query(rawSql(definition));
    }
    const now = await readPlainIndexes(this.#connection, this.#tables);
    if (JSON.stringify(now) !== JSON.stringify(this.#indexes)) throw notAsBefore(this.#indexes);
  }
}

function notAsBefore(indexes: readonly PlainIndex[]): HygieneError {
  const names = indexes.map(({ name }) => name.toString());
  return new HygieneError('HYG_RUN_SCHEMA_CHANGED', {
    message: `The indexes did not come back as they were: ${names.slice(0, 5).join(', ')}.`,
    hint: 'Nothing was kept. Run with --strategy detach or delete, and report this with the definitions of the indexes.',
    details: { indexes: names },
  });
}
