import type { Column, Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { columnOf } from './row-key.ts';

const ROWS = 2_000;
/** Values read at most, so that a table of 1600 columns is no burden. */
const VALUES = 200_000;
const LONGEST_SAMPLE = 200;
/** Pages up to which a table is read from its start to its end rather than here and there. */
const FEW_PAGES = 200;

export interface TableSample {
  /** The columns that were read. */
  readonly columns: readonly Column[];
  /** The values of each row as texts, in the order of the columns. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Bytes of the table on disk, without indexes and TOAST. */
  readonly bytes: number;
  readonly pages: number;
}

/** Types that hold no text a person could have written, and cost much to read. */
const UNREADABLE =
  /^(?:bytea|json|jsonb|xml|tsvector|tsquery|geometry|geography|point|polygon|vector)\b|\[\]$/;

export function readableColumns(table: Table): readonly Column[] {
  return table.columns.filter(({ type }) => !UNREADABLE.test(type));
}

/** Rows from all over the table, to learn what its columns hold. */
export async function sampleTable(connection: Connection, table: Table): Promise<TableSample> {
  const columns = readableColumns(table);
  const { pages, bytes } = await queryOne<{ pages: number; bytes: number }>(
    connection,
    sizeOf(table),
  );
  if (columns.length === 0) return { columns, rows: [], bytes, pages };
  const limit = Math.max(20, Math.min(ROWS, Math.floor(VALUES / columns.length)));
  // Twice the pages that hold enough rows, since some are empty.
  const percent = pages > FEW_PAGES ? (FEW_PAGES / pages) * 100 : null;
  const { rows } = await connection.query<{ values: (string | null)[] }>(sql`
    select array[${joinSql(columns.map(sampledText), ', ')}] as values
      from ${only(table)} as t ${somePages(percent)}
     limit ${limit}::int
  `);
  return { columns, rows: rows.map(({ values }) => values), bytes, pages };
}

/** A table that others inherit from is read without them: they are scanned as tables of their own. */
export function only({ name, kind, citus }: Table): Sql {
  return kind === 'table' && citus === null ? sql`only ${name}` : sql`${name}`;
}

function sampledText({ name }: Column): Sql {
  return sql`left(${columnOf('t', name)}::text, ${LONGEST_SAMPLE}::int)`;
}

/** A part of a table, to follow its name; null: all of it. Repeatable, so that two scans agree. */
export function somePages(percent: number | null): Sql {
  return percent === null ? sql`` : sql`tablesample system (${percent}::float4) repeatable (1)`;
}

function sizeOf({ oid, kind }: Table): Sql {
  const bytes =
    kind === 'partitioned'
      ? sql`(select coalesce(sum(pg_relation_size(relid)), 0) from pg_partition_tree(${oid}::oid::regclass) where isleaf)`
      : sql`coalesce(pg_relation_size(${oid}::oid), 0)`;
  return sql`
    select (${bytes} / ${rawSql("current_setting('block_size')::int")})::float8 as pages,
           ${bytes}::float8 as bytes
  `;
}
