import { findColumn, type Table } from '../catalog/model.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { ColumnName, quoteIdentifier } from '../kernel/identifiers.ts';

/**
 * What tells a row from the others of its table, as one text: the value of the key, or a JSON list of the
 * values. A row of a table without a key is known by its place, which holds for this transaction only.
 */

interface KeyColumn {
  readonly name: string;
  readonly type: string;
}

export function keyColumns(table: Table): readonly KeyColumn[] {
  if (table.key === null) return [{ name: 'ctid', type: 'tid' }];
  return table.key.map((name) => ({ name, type: findColumn(table, name)?.type ?? 'text' }));
}

/** The key as an SQL expression of type text. */
export function keyText(table: Table, alias: string): Sql {
  const values = keyColumns(table).map(({ name }) => sql`${columnOf(alias, name)}::text`);
  return values.length === 1
    ? joinSql(values, '')
    : sql`json_build_array(${joinSql(values, ', ')})::text`;
}

/** The condition that a row of the alias has one of the keys. */
export function keyIsAmong(table: Table, alias: string, keys: readonly string[]): Sql {
  const columns = keyColumns(table);
  const rows = keys.map((key) => keyValues(table, key));
  const lists = columns.map(({ type }, at) => {
    const values = rows.map((row) => row[at] ?? null);
    return sql`${values}::text[]::${rawSql(type)}[]`;
  });
  const [list = sql``] = lists;
  const [first] = columns;
  if (first !== undefined && columns.length === 1) {
    return sql`${columnOf(alias, first.name)} = any(${list})`;
  }
  const names = columns.map(({ name }) => columnOf(alias, name));
  return sql`(${joinSql(names, ', ')}) in (select * from unnest(${joinSql(lists, ', ')}))`;
}

function keyValues(table: Table, key: string): readonly string[] {
  return keyColumns(table).length === 1 ? [key] : asTexts(JSON.parse(key));
}

function asTexts(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

const INTEGER = /^(?:smallint|integer|bigint)$/;

/** For documents: a number or a text; an object of the columns where there are several. */
export function keyAsJson(table: Table, key: string): unknown {
  const columns = keyColumns(table);
  const values = keyValues(table, key);
  const typed = columns.map(({ name, type }, at) => {
    const value = values[at] ?? '';
    const number = Number(value);
    const isNumber = INTEGER.test(type) && Number.isSafeInteger(number);
    return [name, isNumber ? number : value] as const;
  });
  const [only] = typed;
  return only !== undefined && typed.length === 1 ? only[1] : Object.fromEntries(typed);
}

export function columnOf(alias: string, name: string): Sql {
  return rawSql(`${quoteIdentifier(alias)}.${new ColumnName(name).quoted}`);
}
