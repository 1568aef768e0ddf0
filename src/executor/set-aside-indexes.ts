import type { Table } from '../catalog/model.ts';
import { type PlainIndex, readPlainIndexes } from '../catalog/plain-indexes.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, nameList, rawSql, sql } from '../kernel/sql.ts';

/**
 * Indexes that are not there while a table is filled: made of all rows at once, sorted, they take a fraction
 * of the time and of the log. They come back as they were, to the letter; that is compared, not assumed.
 */
export class SetAsideIndexes {
  readonly #connection: Connection;
  /** By oid: only those whose indexes the role may make. */
  readonly #tables: ReadonlyMap<number, QualifiedName>;
  #indexes: readonly PlainIndex[] = [];

  constructor(connection: Connection, tables: readonly Table[]) {
    this.#connection = connection;
    const owned = tables.filter(({ privileges }) => privileges.owner);
    this.#tables = new Map(owned.map(({ oid, name }) => [oid, name]));
  }

  async drop(): Promise<void> {
    this.#indexes = await this.#read();
    const names = this.#indexes.filter(isAlone).map(({ name }) => name);
    if (names.length > 0) await this.#connection.query(sql`drop index ${nameList(names)}`);
    for (const [oid, table] of this.#tables) {
      const constraints = this.#indexes
        .filter((index) => index.table === oid && !isAlone(index))
        .map((index) => sql`drop constraint ${nameOf(index)}`);
      if (constraints.length > 0) {
        await this.#connection.query(sql`alter table ${table} ${joinSql(constraints, ', ')}`);
      }
    }
  }

  /** @throws HygieneError HYG_RUN_SCHEMA_CHANGED */
  async makeAgain(): Promise<void> {
    if (this.#indexes.length === 0) return;
    for (const index of this.#indexes) await this.#make(index);
    const now = await this.#read();
    if (JSON.stringify(now) !== JSON.stringify(this.#indexes)) throw notAsBefore(this.#indexes);
  }

  async #make(index: PlainIndex): Promise<void> {
    const { table, definition, constraint } = index;
    await this.#connection.query(rawSql(definition));
    const owner = this.#tables.get(table);
    if (constraint === null || owner === undefined) return;
    const [name, kind, timing] = [
      nameOf(index),
      rawSql(constraint.kind),
      rawSql(constraint.timing),
    ];
    await this.#connection.query(
      sql`alter table ${owner} add constraint ${name} ${kind} using index ${name} ${timing}`,
    );
  }

  async #read(): Promise<readonly PlainIndex[]> {
    if (this.#tables.size === 0) return [];
    return readPlainIndexes(this.#connection, [...this.#tables.keys()]);
  }
}

function isAlone({ constraint }: PlainIndex): boolean {
  return constraint === null;
}

/** A constraint and its index have one name. */
function nameOf({ name }: PlainIndex): ColumnName {
  return new ColumnName(name.name);
}

function notAsBefore(indexes: readonly PlainIndex[]): HygieneError {
  const names = indexes.map(({ name }) => name.toString());
  return new HygieneError('HYG_RUN_SCHEMA_CHANGED', {
    message: `The indexes did not come back as they were: ${names.slice(0, 5).join(', ')}.`,
    hint: 'Nothing was kept. Run with --strategy detach or delete, and report this with the definitions of the indexes.',
    details: { indexes: names },
  });
}
