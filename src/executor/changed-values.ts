import { MUTATION_COLUMNS } from '../archive/archive-tables.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';
import { hashable, type TypedColumn, valuesHash } from './row-hash.ts';
import { qualified } from './row-identity.ts';
import { KEPT, NOW } from './restore-sql.ts';
import type { SharedColumn } from './restore-units.ts';

/** How a change that was archived is recognised in a row of today. */

/** What the change has left in each column that it has set, as hashes by column. */
export const AFTER = rawSql(`${KEPT}.${MUTATION_COLUMNS.after}`);
export const ORDER = rawSql(`${KEPT}.${MUTATION_COLUMNS.order}`);

/** Hash of what the change has left in a column. */
export function hashLeft({ name }: SharedColumn): Sql {
  return sql`(${AFTER} ->> ${name}::text)::int8`;
}

/** The column still holds what the migration has left in it. */
export function asItWasLeft(column: SharedColumn): Sql {
  return sql`${hashNow(column)} = ${hashLeft(column)}`;
}

/** In the type that the column had then, since hashes of two types do not compare. */
export function hashNow(column: SharedColumn): Sql {
  const { name, convertedFrom } = column;
  const before: TypedColumn = { name, type: convertedFrom ?? column.type };
  return valuesHash([hashable(before, qualified(NOW, name), convertedFrom)]);
}
