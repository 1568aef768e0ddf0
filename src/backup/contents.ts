import type { Catalog, Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { rowHash } from '../executor/row-hash.ts';
import { sql } from '../kernel/sql.ts';

/** Count and hash of the rows of one table: the same for the same rows, in whatever order. */
export interface TableContents {
  readonly table: string;
  readonly rows: number;
  /** Sum of the hashes of the rows, a number too large for JavaScript. */
  readonly hash: string;
}

/** Tables that hold rows of their own, as a dump names them: partitions, not what they are parts of. */
export function filledTables({ tables }: Catalog): readonly Table[] {
  return [...tables.values()].filter(
    ({ kind, persistence }) => kind === 'table' && persistence !== 'temporary',
  );
}

/** Values are hashed as they are written, so both sides must write them in one way. */
export async function pinText(connection: Connection): Promise<void> {
  await connection.query(sql`
    select set_config('TimeZone', 'UTC', true),
           set_config('DateStyle', 'ISO, MDY', true),
           set_config('IntervalStyle', 'postgres', true),
           set_config('extra_float_digits', '1', true),
           set_config('bytea_output', 'hex', true),
           set_config('search_path', 'pg_catalog', true)
  `);
}

/** Reads all of each table, one after the other, in the transaction that is open. */
export async function readContents(
  connection: Connection,
  tables: readonly Table[],
): Promise<readonly TableContents[]> {
  const contents: TableContents[] = [];
  for (const table of tables) contents.push(await contentsOf(connection, table));
  return contents;
}

async function contentsOf(
  connection: Connection,
  { name, columns }: Table,
): Promise<TableContents> {
  const hash = columns.length === 0 ? sql`0` : rowHash(columns, 'hygiene_now');
  const seen = await queryOne<Pick<TableContents, 'rows' | 'hash'>>(
    connection,
    sql`
      select count(*)::float8 as rows, coalesce(sum(${hash}), 0)::text as hash
        from only ${name} as hygiene_now
    `,
  );
  return { table: name.toString(), ...seen };
}

export interface ContentsDifference {
  readonly table: string;
  readonly backedUp: number;
  /** Null: the table is not there. */
  readonly restored: number | null;
}

/** What is not as it was, table by table. */
export function differingContents(
  before: readonly TableContents[],
  after: readonly TableContents[],
): readonly ContentsDifference[] {
  const restored = new Map(after.map((each) => [each.table, each]));
  return before.flatMap(({ table, rows, hash }) => {
    const now = restored.get(table);
    if (now?.rows === rows && now.hash === hash) return [];
    return [{ table, backedUp: rows, restored: now?.rows ?? null }];
  });
}
