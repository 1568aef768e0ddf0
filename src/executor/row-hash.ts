import type { Column } from '../catalog/model.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { qualified } from './row-identity.ts';

/**
 * Hashes of column values that do not depend on settings of the session: PostgreSQL's own, which hash
 * partitioning also relies on, so that they stay the same over releases.
 */

export type TypedColumn = Pick<Column, 'name' | 'type'>;

/** Types whose own hash tells different values apart. A text is hashed as it is written, whatever its collation. */
const EXACT = new RegExp(
  `^(?:${[
    'smallint|integer|bigint|oid|boolean|uuid|bytea|date',
    'real|double precision|numeric(?:\\(\\d+,-?\\d+\\))?',
    'time(?:stamp)?(?:\\(\\d\\))? with(?:out)? time zone',
    'interval(?: [a-z ]+)?(?:\\(\\d\\))?',
  ].join('|')})$`,
);

/** One number for all the values of a row, for the given columns of the relation that goes by the alias. */
export function rowHash(columns: readonly TypedColumn[], alias: string): Sql {
  return valuesHash(columns.map((column) => hashable(column, qualified(alias, column.name))));
}

/**
 * The same for values that would be converted to the column's type first.
 * @param as the type that the value is hashed as
 */
export function hashable({ type }: TypedColumn, value: Sql, as: string | null = null): Sql {
  const given = as === null ? value : sql`cast(${value} as ${rawSql(as)})`;
  return EXACT.test(as ?? type) ? given : sql`cast(${given} as text) collate "C"`;
}

export function valuesHash(values: readonly Sql[]): Sql {
  return sql`hash_record_extended(row(${joinSql(values, ', ')}), 0)`;
}

/** `{"user_id": 8623…, …}`: which columns a change has set, and a hash of what it has set each to. */
export function afterObject(columns: readonly TypedColumn[], alias: string): Sql {
  const pairs = columns.map((column) => sql`${column.name}::text, ${rowHash([column], alias)}`);
  return sql`jsonb_build_object(${joinSql(pairs, ', ')})`;
}
