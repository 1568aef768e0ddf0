import type { Catalog, ForeignKey } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { type RestoreEdge, restoreEdges } from '../planner/restore-order.ts';
import { qualified, rowIdentity } from './row-identity.ts';
import { copyToday, createCopyOfToday } from './restore-in-cluster.ts';
import { KEPT, NOW, notSkipped, sameValues, skippedTable } from './restore-sql.ts';
import type { RestoreUnit } from './restore-units.ts';

/** Archived rows of one table that cannot go back, since something else is in their place. */
export interface Conflict {
  readonly table: string;
  readonly rows: number;
  /** The keys of the first few. */
  readonly keys: readonly string[];
  readonly reason: 'exists' | 'changed';
}

export const KEYS_SHOWN = 5;

interface UniqueIndex {
  readonly columns: readonly string[];
  readonly nullsNotDistinct: boolean;
}

/**
 * Lists the archived rows whose key, or whose value under another plain unique index, is there again.
 * Partial indexes and those of expressions are left to PostgreSQL to find.
 */
export async function listExisting(
  connection: Connection,
  units: readonly RestoreUnit[],
): Promise<readonly Conflict[]> {
  const conflicts: Conflict[] = [];
  for (const unit of units) {
    const name = skippedTable(unit);
    await connection.query(sql`
      create temp table ${rawSql(quoteIdentifier(name.name))} (place tid) on commit drop
    `);
    let rows = 0;
    for (const key of unit.kind === 'rows' ? await keysOfToday(connection, unit) : []) {
      const { rowCount } = await connection.query(sql`
        insert into ${name}
        select hygiene_kept.ctid
          from ${unit.kept} as hygiene_kept
         where exists (select from ${unit.now} as hygiene_now where ${key})
           and ${notSkipped(unit, true)}
      `);
      rows += rowCount;
    }
    if (rows > 0) conflicts.push(await describe(connection, unit, rows));
  }
  return conflicts;
}

/** By what an archived row and a row of today would be one; of a cluster, such rows are brought here. */
async function keysOfToday(connection: Connection, unit: RestoreUnit): Promise<readonly Sql[]> {
  const indexes = await uniqueIndexes(connection, unit);
  const keys = indexes.map((index) => sameKey(unit, index));
  await createCopyOfToday(connection, unit);
  await copyToday(connection, unit, keys);
  return keys;
}

/**
 * What stays because what it references stays; keeps on until nothing new is found.
 * @param restored what is settled already, and may be referenced
 */
export async function listOrphans(
  connection: Connection,
  catalog: Catalog,
  { units, restored }: Readonly<Record<'units' | 'restored', readonly RestoreUnit[]>>,
): Promise<void> {
  const edges = restoreEdges(catalog, [...units, ...restored]).filter(
    (edge) => units.includes(edge.child) && isShared(edge),
  );
  for (let found = -1; found !== 0;) {
    found = 0;
    for (const edge of edges) {
      const { rowCount } = await connection.query(selectOrphans(edge));
      found += rowCount;
    }
  }
}

export async function countSkipped(connection: Connection, unit: RestoreUnit): Promise<number> {
  const { rows } = await queryOne<{ rows: number }>(
    connection,
    sql`select count(*)::float8 as rows from ${skippedTable(unit)}`,
  );
  return rows;
}

/** Rows of the archive that reference something that is neither there nor in the archive. */
export async function countWithoutParent(
  connection: Connection,
  units: readonly RestoreUnit[],
  { foreignKey, child, parent }: { foreignKey: ForeignKey; child: RestoreUnit; parent: Sql },
): Promise<number> {
  const known = new Set(child.columns.map(({ name }) => name));
  if (!foreignKey.childColumns.every((column) => known.has(column))) return 0;
  const archived = units.filter(
    (unit) => unit.kind === 'rows' && unit.table.root === foreignKey.parent,
  );
  const sources = [parent, ...archived.map(({ kept }) => sql`${kept}`)];
  const absent = sources.map(
    (source) => sql`
       and not exists (select from ${source} as hygiene_now where ${references(foreignKey, KEPT, NOW)})`,
  );
  const given = foreignKey.childColumns.map((name) => sql`${qualified(KEPT, name)} is not null`);
  const { rows } = await queryOne<{ rows: number }>(
    connection,
    sql`
    select count(*)::float8 as rows
      from ${child.kept} as hygiene_kept
     where ${joinSql(given, ' and ')} ${joinSql(absent, '')}
  `,
  );
  return rows;
}

/** The keys by which people know the rows; a table without a key has none to show. */
export async function firstKeys(
  connection: Connection,
  unit: RestoreUnit,
  condition: Sql,
): Promise<readonly string[]> {
  const key = unit.table.key === null ? [] : rowIdentity(unit.table).columns;
  const known = new Set(unit.columns.map(({ name }) => name));
  if (key.length === 0 || !key.every((name) => known.has(name))) return [];
  const columns = key.map((name) => qualified(KEPT, name));
  const { rows } = await connection.query<{ key: string }>(sql`
    select concat_ws(', ', ${joinSql(columns, ', ')}) as key
      from ${unit.kept} as hygiene_kept
     where ${condition}
     order by ${joinSql(columns, ', ')}
     limit ${KEYS_SHOWN}
  `);
  return rows.map(({ key: text }) => text.slice(0, 40));
}

async function describe(
  connection: Connection,
  unit: RestoreUnit,
  rows: number,
): Promise<Conflict> {
  const keys = await firstKeys(connection, unit, sql`not (${notSkipped(unit, true)})`);
  return { table: unit.table.name.toString(), rows, keys, reason: 'exists' };
}

async function uniqueIndexes(
  connection: Connection,
  { table, columns }: RestoreUnit,
): Promise<readonly UniqueIndex[]> {
  const { rows } = await connection.query<UniqueIndex>(sql`
    select (select json_agg(a.attname order by k.ordinality)
              from unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) with ordinality as k (number, ordinality)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) as "columns",
           coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as "nullsNotDistinct"
      from pg_index i
     where i.indrelid = ${table.oid}::oid
       and i.indisunique
       and i.indisvalid
       and i.indpred is null
       and i.indexprs is null
     order by i.indisprimary desc, i.indexrelid
  `);
  const known = new Set(columns.map(({ name }) => name));
  return rows.filter((index) => index.columns.every((name) => known.has(name)));
}

function sameKey(unit: RestoreUnit, { columns, nullsNotDistinct }: UniqueIndex): Sql {
  const shared = unit.columns.filter(({ name }) => columns.includes(name));
  if (!nullsNotDistinct) return sameValues(shared);
  const terms = shared.map((column) => {
    const [now, kept] = [qualified(NOW, column.name), qualified(KEPT, column.name)];
    return sql`(${sameValues([column])} or (${now} is null and ${kept} is null))`;
  });
  return joinSql(terms, ' and ');
}

/** A reference through columns that both archives have. */
function isShared({ foreignKey, child, parent }: RestoreEdge<RestoreUnit>): boolean {
  const has = (unit: RestoreUnit, names: readonly string[]): boolean =>
    names.every((name) => unit.columns.some((column) => column.name === name));
  return (
    parent.kind === 'rows' &&
    has(child, foreignKey.childColumns) &&
    has(parent, foreignKey.parentColumns)
  );
}

function selectOrphans({ foreignKey, child, parent }: RestoreEdge<RestoreUnit>): Sql {
  return sql`
    insert into ${skippedTable(child)}
    select hygiene_kept.ctid
      from ${child.kept} as hygiene_kept
     where exists (select from ${parent.kept} as hygiene_parent
                     join ${skippedTable(parent)} as hygiene_staying on hygiene_staying.place = hygiene_parent.ctid
                    where ${references(foreignKey, KEPT, 'hygiene_parent')})
       and not exists (select from ${parent.now} as hygiene_now
                        where ${references(foreignKey, KEPT, NOW)})
       and ${notSkipped(child, true)}
  `;
}
