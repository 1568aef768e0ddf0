import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, nameList, rawSql, sql } from '../kernel/sql.ts';
import { rowHash } from './row-hash.ts';
import { selfAlias } from './row-identity.ts';
import type { SelectedRows } from './selected-rows.ts';
import { SetAsideIndexes } from './set-aside-indexes.ts';
import type { SurvivorCopies } from './survivor-copies.ts';

/** From so many rows on that stay, an index is made anew; fewer are put into it in some milliseconds. */
const MANY_ROWS = 10_000;

interface RewriteScope {
  readonly connection: Connection;
  readonly selection: SelectedRows;
  readonly copies: SurvivorCopies;
  /** Has deferred constraints checked now: no index is made of a table with pending checks. */
  readonly settle: () => Promise<void>;
}

interface Content {
  readonly rows: number;
  /** Of all rows in any order. */
  readonly hash: string;
}

interface Kept {
  readonly table: Table;
  readonly copy: QualifiedName;
  readonly before: Content;
}

/**
 * Empties tables and puts back the rows that stay. Identity values stay what they are, and sequences go
 * on where they were. That the same rows are there again is proven by count and hash.
 */
export class Rewrite {
  readonly #scope: RewriteScope;
  readonly #connection: Connection;
  #kept: readonly Kept[] = [];
  #indexes: SetAsideIndexes | null = null;

  constructor(scope: RewriteScope) {
    this.#scope = scope;
    this.#connection = scope.connection;
  }

  /** Copies the survivors, where that is not done yet, and empties the tables. */
  async empty(tables: readonly Table[]): Promise<void> {
    const kept: Kept[] = [];
    for (const table of tables) {
      const copy = this.#scope.selection.survivors(table) ?? (await this.#copySurvivors(table));
      kept.push({ table, copy, before: await this.#contentOf(table, copy) });
    }
    this.#kept = kept;
    const large = kept.filter(({ before }) => before.rows >= MANY_ROWS);
    this.#indexes = new SetAsideIndexes(
      this.#connection,
      large.map(({ table }) => table),
    );
    await this.#indexes.drop();
    const names = tables.map(({ name }) => name);
    await this.#connection.query(sql`truncate ${nameList(names)}`);
  }

  /**
   * @returns how many rows each table has now
   * @throws HygieneError HYG_RUN_SURVIVORS_CHANGED, HYG_RUN_SCHEMA_CHANGED
   */
  async refill(): Promise<ReadonlyMap<Table, number>> {
    const rows = new Map<Table, number>();
    for (const { table, copy, before } of this.#kept) {
      await this.#putBack(table, copy);
      const after = await this.#contentOf(table, table.name);
      if (after.rows !== before.rows || after.hash !== before.hash) {
        throw survivorsChanged(table, before.rows, after.rows);
      }
      rows.set(table, after.rows);
    }
    await this.#scope.settle();
    await this.#indexes?.makeAgain();
    return rows;
  }

  async #copySurvivors(table: Table): Promise<QualifiedName> {
    const { name } = await this.#scope.copies.make(sql`
      select ${rawSql(selfAlias(table))}.*
        from ${table.name}
       where not ${this.#scope.selection.isDoomed(table, table)}
    `);
    return name;
  }

  /** A generated column is computed anew; that it comes to the same is part of the hash. */
  async #putBack(table: Table, copy: QualifiedName): Promise<void> {
    const columns = joinSql(
      table.columns
        .filter(({ generated }) => generated === null)
        .map(({ name }) => sql`${new ColumnName(name)}`),
      ', ',
    );
    await this.#connection.query(sql`
      insert into ${table.name} (${columns}) overriding system value
      select ${columns} from ${copy}
    `);
  }

  #contentOf({ columns }: Table, from: QualifiedName): Promise<Content> {
    return queryOne<Content>(
      this.#connection,
      sql`
        select count(*)::float8 as rows,
               coalesce(sum(${rowHash(columns, 'hygiene_row')}), 0)::text as hash
          from ${from} as hygiene_row
      `,
    );
  }
}

function survivorsChanged(table: Table, before: number, after: number): HygieneError {
  const name = table.name.toString();
  return new HygieneError('HYG_RUN_SURVIVORS_CHANGED', {
    message: `${name}: the rows that stay are not the same after the rewrite (${String(before)} before, ${String(after)} after).`,
    hint: `Nothing was kept. Run with --strategy detach or delete; look for a generated column of ${name}.`,
    details: { table: name, before, after },
  });
}
