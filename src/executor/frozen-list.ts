import type { ArchiveTables } from '../archive/archive-tables.ts';
import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { ColumnName, QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { Closure } from '../planner/closure.ts';
import { rowSet, type RowSet, rowSetCondition } from '../planner/steps.ts';
import { qualified, rowIdentity, sameRow, selfAlias } from './row-identity.ts';
import type { Selection } from './selection.ts';

/** The rows of a purge's own table, listed once and taken batch by batch. */
export interface FrozenList {
  readonly name: QualifiedName;
  /** The purge's own table. */
  readonly table: Table;
  /** The table of the closure that holds its rows. */
  readonly holder: Table;
}

/** Listed rows after `from` and up to `to`. */
export interface ListRange {
  readonly from: number;
  readonly to: number;
}

/** Archive tables begin with digits, so none has such a name. */
export function frozenListName(
  archiveSchema: string,
  place: { readonly migrationId: string; readonly generation: number; readonly step: number },
): QualifiedName {
  const { migrationId, generation, step } = place;
  const version = migrationId.slice(0, 14);
  return new QualifiedName(archiveSchema, `frozen_${version}_g${generation}_${step + 1}`);
}

export function frozenList(name: QualifiedName, closure: Closure): FrozenList {
  return { name, table: closure.root, holder: closure.rootHolder };
}

/** The round of a selection that finds the row set itself. */
const ROOT_ROUND = 1;
/** Tells versions of a row apart that has no key: an update makes a new one in another place. */
const WRITTEN_BY = 'hygiene_xmin';

/**
 * Lists the rows of a finished selection in a table that outlives the server, with the position as
 * its key. A list of several columns is in key order, so that a batch is a range of the index; any
 * other is in the order of the pages, so that a batch writes to few of them.
 * @returns how many rows are listed
 */
export async function createFrozenList(
  connection: Connection,
  tables: ArchiveTables,
  { list, selection }: { readonly list: FrozenList; readonly selection: Selection },
): Promise<number> {
  const { columns } = rowIdentity(list.holder);
  const identity = columns.map((column) => qualified('hygiene_listed', column));
  const order = columns.length > 1 ? sql`order by ${joinSql(identity, ', ')}` : rawSql('');
  const work = selection.doomed(list.holder).name;
  const { writtenBy, version } = hasKey(list)
    ? { writtenBy: rawSql(''), version: rawSql('') }
    : {
        writtenBy: sql`, ${qualified(selfAlias(list.holder), 'xmin')} as ${new ColumnName(WRITTEN_BY)}`,
        version: sql`join ${list.holder.name} on ${sameRow(rowIdentity(list.holder), selfAlias(list.holder), 'hygiene_listed')}`,
      };
  const source = { source: list.holder.name, key: hasKey(list) ? columns : null };
  await tables.createList(
    list.name,
    source,
    sql`
    select row_number() over (${order}) as hygiene_n, ${joinSql(identity, ', ')} ${writtenBy}
      from ${work} as hygiene_listed ${version}
     where hygiene_listed.hygiene_round = ${rawSql(String(ROOT_ROUND))}
  `,
  );
  const { rows } = await queryOne<{ rows: number }>(
    connection,
    sql`select coalesce(max(hygiene_n), 0)::float8 as rows from ${list.name}`,
  );
  return rows;
}

/** The row set of one batch: the rows that are listed, as far as the predicate still holds for them. */
export function batchRows(rows: RowSet, list: FrozenList, range: ListRange): RowSet {
  const condition = sql`${rowSetCondition(rows)} and ${isListed(list, range)}`;
  return rowSet(rows.table, condition, 'match');
}

/** How many rows of the range are there, whether they match or not. */
export async function countPresent(
  connection: Connection,
  list: FrozenList,
  range: ListRange,
): Promise<number> {
  const { present } = await queryOne<{ present: number }>(
    connection,
    sql`select count(*)::float8 as present from ${list.table.name} where ${isListed(list, range)}`,
  );
  return present;
}

/**
 * An array, unlike `in (select …)`, leaves the planner no choice but the index of the key. Several
 * columns have no such form; there the list says well how few rows a batch has.
 */
function isListed(list: FrozenList, { from, to }: ListRange): Sql {
  const self = selfAlias(list.table);
  const { columns } = rowIdentity(list.holder);
  const range = sql`from ${list.name} as hygiene_listed
     where hygiene_listed.hygiene_n > ${from}::bigint and hygiene_listed.hygiene_n <= ${to}::bigint`;
  const [only] = columns;
  if (!hasKey(list)) {
    return sql`${rawSql(self)}.ctid = any (array(select hygiene_ctid ${range}))
       and exists (select ${range} and ${sameRow(rowIdentity(list.holder), self, 'hygiene_listed')}
                      and hygiene_listed.${new ColumnName(WRITTEN_BY)} = ${rawSql(self)}.xmin)`;
  }
  if (only !== undefined && columns.length === 1) {
    return sql`${qualified(self, only)} = any (array(select ${qualified('hygiene_listed', only)} ${range}))`;
  }
  const own = joinSql(
    columns.map((column) => qualified(self, column)),
    ', ',
  );
  const listed = joinSql(
    columns.map((column) => qualified('hygiene_listed', column)),
    ', ',
  );
  return sql`(${own}) in (select ${listed} ${range})`;
}

function hasKey({ holder }: FrozenList): boolean {
  return holder.key !== null && holder.inheritanceChildren.length === 0;
}
