import type { ConfiguredColumn, ConfiguredTable } from '../../app/dashboard-config.ts';
import type { Connection } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { QualifiedName, quoteIdentifier } from '../../kernel/identifiers.ts';
import { sql } from '../../kernel/sql.ts';

interface ShownColumn extends ConfiguredColumn {
  /** Numbers stand on the right. */
  readonly isNumber: boolean;
}

/** A table of a page as it is in the database now. */
export interface DescribedTable {
  readonly name: QualifiedName;
  readonly columns: readonly ShownColumn[];
  /** Columns that the page does not show. */
  readonly hidden: readonly string[];
  /** As much of the primary key as the role may read: rows are told apart by it. */
  readonly key: readonly string[];
}

interface ColumnRow {
  readonly name: string;
  readonly isNumber: boolean;
}

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnRow[];
  readonly key: readonly string[] | null;
}

/** Of a table whose columns nobody listed. */
const COLUMNS_MAX = 12;

/**
 * Holds the page against the database.
 * @throws HygieneError HYG_PAGE_OUTDATED where the table or one of its columns is gone
 */
export async function describeTable(
  connection: Connection,
  configured: ConfiguredTable,
): Promise<DescribedTable> {
  const row = await lookUp(connection, configured.table);
  if (row === null) {
    const label = nameOf(configured.table);
    throw new HygieneError('HYG_PAGE_OUTDATED', {
      message: `There is no table ${label} in this database.`,
      hint: 'Correct dashboard.pages in hygiene/config, or make the table.',
      details: { table: label },
    });
  }
  const columns = shownColumns(configured, row);
  const shown = new Set(columns.map(({ column }) => column));
  return {
    name: new QualifiedName(row.schema, row.name),
    columns,
    hidden: row.columns.map(({ name }) => name).filter((name) => !shown.has(name)),
    key: row.key ?? [],
  };
}

async function lookUp(
  connection: Connection,
  table: ConfiguredTable['table'],
): Promise<TableRow | null> {
  const parts = typeof table === 'string' ? table.split('.') : table;
  const quoted = parts.map(quoteIdentifier).join('.');
  const { rows } = await connection.query<TableRow>(sql`
    select n.nspname::text as schema, c.relname::text as name,
           (select json_agg(json_build_object('name', a.attname, 'isNumber', t.typcategory = 'N')
                            order by a.attnum)
              from pg_attribute as a
              join pg_type as t on t.oid = a.atttypid
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
           (select json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
              from pg_index as i
              join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
             where i.indrelid = c.oid and i.indisprimary
               and has_column_privilege(c.oid, a.attnum, 'select')) as key
      from pg_class as c
      join pg_namespace as n on n.oid = c.relnamespace
     where c.oid = to_regclass(${quoted}) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  `);
  return rows[0] ?? null;
}

function shownColumns({ table, columns }: ConfiguredTable, row: TableRow): readonly ShownColumn[] {
  const known = new Map(row.columns.map(({ name, isNumber }) => [name, isNumber]));
  if (columns === null) {
    return row.columns.slice(0, COLUMNS_MAX).map(({ name: column }) => ({
      ...{ column, title: column, masked: true, isNumber: false },
    }));
  }
  const gone = columns.filter(({ column }) => !known.has(column)).map(({ column }) => column);
  if (gone.length > 0) {
    throw new HygieneError('HYG_PAGE_OUTDATED', {
      message: `The table ${nameOf(table)} has no column ${gone.join(', ')} any more.`,
      hint: 'Correct dashboard.pages in hygiene/config; nothing else of the table was read.',
      details: { table: nameOf(table), columns: gone },
    });
  }
  return columns.map((each) => ({ ...each, isNumber: known.get(each.column) ?? false }));
}

function nameOf(table: ConfiguredTable['table']): string {
  return typeof table === 'string' ? table : table.join('.');
}
