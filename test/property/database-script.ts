import type { ForeignKeySpec, RandomDatabase, Row, TableSpec } from './random-database.ts';

/** One script that replaces whatever the schemas `public` and `two` held. */
export function databaseScript({ tables, foreignKeys, rows }: RandomDatabase): string {
  return [
    'drop schema if exists public cascade; drop schema if exists two cascade;',
    'create schema public; create schema two;',
    ...tables.map(createTable),
    ...tables.flatMap((table, at) => insertRows(table, rows[at] ?? [])),
    ...foreignKeys.map((key) => addForeignKey(tables, key)),
  ].join('\n');
}

/** All rows of the given tables as text, in one row with a column by position. */
export function readTables(
  sources: readonly { readonly from: string; readonly table: TableSpec }[],
): string {
  const lists = sources.map(({ from, table }, at) => {
    const columns = table.columns.map(({ name }) => `${quoted(name)}::text as ${quoted(name)}`);
    return `(select coalesce(json_agg(t), '[]') from (select ${columns.join(', ')} from ${from} order by tag::integer) t) as "${at}"`;
  });
  return `select ${lists.join(',\n')}`;
}

export function quotedTable({ schema, name }: Pick<TableSpec, 'schema' | 'name'>): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

export function quoted(name: string): string {
  return `"${name}"`;
}

function createTable(table: TableSpec): string {
  const columns = table.columns.map(({ name, type, notNull, fallback }) => {
    const byDefault = fallback === null ? '' : ` default '${fallback}'`;
    return `${quoted(name)} ${type}${byDefault}${notNull ? ' not null' : ''}`;
  });
  const key = table.primaryKey === null ? [] : [`primary key (${list(table.primaryKey)})`];
  return `create table ${quotedTable(table)} (${[...columns, ...key, 'unique (code)'].join(', ')});`;
}

function insertRows(table: TableSpec, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const names = table.columns.map(({ name }) => name);
  const tuples = rows.map(
    (row) => `(${names.map((name) => literal(row[name] ?? null)).join(', ')})`,
  );
  return [
    `insert into ${quotedTable(table)} (${list(names)}) values`,
    `  ${tuples.join(',\n  ')};`,
  ];
}

function addForeignKey(tables: readonly TableSpec[], key: ForeignKeySpec): string {
  const child = tables[key.child];
  const parent = tables[key.parent];
  if (child === undefined || parent === undefined) throw new Error('no such table');
  const only = key.setColumns === null ? '' : ` (${list(key.setColumns)})`;
  const index = `create index on ${quotedTable(child)} (${list(key.childColumns)});`;
  return [
    `alter table ${quotedTable(child)} add constraint ${key.name}`,
    `  foreign key (${list(key.childColumns)}) references ${quotedTable(parent)} (${list(key.parentColumns)})`,
    `  on delete ${key.onDelete}${only} ${key.deferral};`,
    ...(key.indexed ? [index] : []),
  ].join('\n');
}

function list(names: readonly string[]): string {
  return names.map(quoted).join(', ');
}

function literal(value: string | null): string {
  return value === null ? 'null' : `'${value}'`;
}
