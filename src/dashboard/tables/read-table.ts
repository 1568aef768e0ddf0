import type { ConfiguredTable } from '../../app/dashboard-config.ts';
import type { OpenedEngine } from '../../app/compose.ts';
import { type Connection, queryOne } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { ColumnName } from '../../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../../kernel/sql.ts';
import { type CleaningEvent, lastCleaning } from '../../ledger/looked-up.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { maskedValue } from '../../report/masked-value.ts';
import { describeTable, type DescribedTable } from './described-table.ts';
import { readTableRequest, ROWS_REACHED, type TableRequest } from './table-request.ts';

/** One page of a table, as the API gives it and the page shows it. */
export interface TablePage extends TableRequest {
  readonly title: string;
  readonly columns: DescribedTable['columns'];
  readonly hidden: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly pageSize: number;
  readonly pages: number;
  /** Rows that match, up to as many as can be paged to. */
  readonly total: number;
  readonly isMore: boolean;
  readonly hasSearch: boolean;
  /** `empty`: the table holds no row at all. `no match`: the search finds none. */
  readonly state: 'rows' | 'empty' | 'no match';
  /** The cleanup that last removed rows of it. */
  readonly cleaned: CleaningEvent | null;
}

const VALUE_CHARACTERS = 200;

/** Reads one page. @throws HygieneError HYG_USAGE, HYG_PAGE_OUTDATED */
export async function readTable(
  { engine }: OpenedEngine,
  configured: ConfiguredTable,
  query: Readonly<Record<string, string | undefined>>,
): Promise<TablePage> {
  const { connection } = engine.session;
  await connection.query(rawSql(`set local time zone 'UTC'`));
  await connection.query(rawSql('set local row_security = on'));
  const table = await describeTable(connection, configured);
  const request = readTableRequest(query, configured, table);
  const matching = matchingSql(table, configured, request.search);
  const total = await countUpTo(connection, matching);
  const pages = Math.max(1, Math.ceil(Math.min(total, ROWS_REACHED) / configured.pageSize));
  if (request.page > pages) throw beyond(request.page, pages);
  const rows =
    total === 0 ? [] : await readRows(connection, { table, configured, request, matching });
  const ledger = new Ledger(connection, engine.names);
  return {
    ...request,
    ...{ title: configured.title, columns: table.columns, hidden: table.hidden, rows, pages },
    pageSize: configured.pageSize,
    total: Math.min(total, ROWS_REACHED),
    isMore: total > ROWS_REACHED,
    hasSearch: configured.search.length > 0,
    state: stateOf(total, request),
    cleaned: (await ledger.isInstalled())
      ? await lastCleaning(connection, engine.names, table.name)
      : null,
  };
}

function stateOf(total: number, { search }: TableRequest): TablePage['state'] {
  if (total > 0) return 'rows';
  return search === '' ? 'empty' : 'no match';
}

function beyond(page: number, pages: number): HygieneError {
  return new HygieneError('HYG_USAGE', {
    message: `There is no page ${String(page)}: the last one is ${String(pages)}.`,
    hint: 'Go back, or open the page without it.',
  });
}

function matchingSql(
  { name, columns }: DescribedTable,
  { search: searched }: ConfiguredTable,
  search: string,
): Sql {
  if (search === '') return sql`${name} as t`;
  const shown = new Set(columns.map(({ column }) => column));
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const conditions = searched
    .filter((column) => shown.has(column))
    .map((column) => sql`${columnSql(column)}::text ilike ${pattern}::text`);
  return sql`${name} as t where ${joinSql(conditions, ' or ')}`;
}

async function countUpTo(connection: Connection, matching: Sql): Promise<number> {
  const counting = sql`
    select count(*)::int as total
      from (select 1 from ${matching} limit ${ROWS_REACHED + 1}::int) as reached
  `;
  return (await queryOne<{ total: number }>(connection, counting)).total;
}

interface Reading {
  readonly table: DescribedTable;
  readonly configured: ConfiguredTable;
  readonly request: TableRequest;
  readonly matching: Sql;
}

async function readRows(
  connection: Connection,
  { table, configured, request, matching }: Reading,
): Promise<TablePage['rows']> {
  const values = table.columns.map(
    ({ column }) => sql`left(${columnSql(column)}::text, ${VALUE_CHARACTERS + 1}::int)`,
  );
  const { rows } = await connection.query<{ values: readonly (string | null)[] }>(sql`
    select json_build_array(${joinSql(values, ', ')}) as values
      from ${matching}
     ${orderSql(table, request)}
     limit ${configured.pageSize}::int
    offset ${(request.page - 1) * configured.pageSize}::int
  `);
  return rows.map((row) => row.values.map((value, at) => shownValue(table, at, value)));
}

/**
 * Rows that are equal by what was asked for keep one order, so that none is on two pages. NULLs stand
 * where an index has them.
 */
function orderSql({ key }: DescribedTable, { sort }: TableRequest): Sql {
  const wanted =
    sort === null
      ? []
      : [sql`${columnSql(sort.column)} ${rawSql(sort.direction === 'asc' ? 'asc' : 'desc')}`];
  const parts = [...wanted, ...key.map(columnSql)];
  return parts.length === 0 ? rawSql('') : sql`order by ${joinSql(parts, ', ')}`;
}

function columnSql(column: string): Sql {
  return sql`t.${new ColumnName(column)}`;
}

function shownValue({ columns }: DescribedTable, at: number, value: string | null): string | null {
  if (value === null) return null;
  const cut = value.length > VALUE_CHARACTERS ? `${value.slice(0, VALUE_CHARACTERS)}…` : value;
  return columns[at]?.masked === false ? cut : maskedValue(cut);
}
