import type { Column, Table } from '../catalog/model.ts';
import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import type { ColumnRole } from './column-role.ts';
import { LONGEST_VALUE } from './detectors/detector.ts';
import { columnOf } from './row-key.ts';

/** A text of each row that is judged: a column, or the two columns of a name put together. */
export interface JudgedText {
  /** For people: `email`, or `first_name last_name`. */
  readonly label: string;
  readonly role: ColumnRole;
  readonly columns: readonly string[];
}

/** A table whose columns have been understood. */
export interface ScannedTable {
  readonly table: Table;
  readonly roles: ReadonlyMap<string, ColumnRole>;
  readonly texts: readonly JudgedText[];
  /** The column that says when the row was made; null where there is none. */
  readonly createdAt: Column | null;
  /** Whether the rows are people or their accounts. */
  readonly isOfPersons: boolean;
}

/** What is read as a text of the row; passwords and times are looked at in passes of their own. */
const NOT_JUDGED: ReadonlySet<ColumnRole> = new Set(['password', 'created-at', 'role']);

/** A given name alone says little about a person, so the parts of a name are judged together. */
export function judgedTexts(roles: ReadonlyMap<string, ColumnRole>): readonly JudgedText[] {
  const named = [...roles];
  const withRole = (role: ColumnRole): readonly string[] =>
    named.filter(([, each]) => each === role).map(([name]) => name);
  const [given] = withRole('given-name');
  const [family] = withRole('family-name');
  const parts = [given, family].filter((name) => name !== undefined);
  const name: readonly JudgedText[] =
    parts.length === 0 ? [] : [{ label: parts.join(' '), role: 'name', columns: parts }];
  const others = named
    .filter(([, role]) => !NOT_JUDGED.has(role) && !/^(?:given|family)-name$/.test(role))
    .map(([label, role]) => ({ label, role, columns: [label] }));
  return [...name, ...others];
}

/** The text as an SQL expression, cut to what is looked at; NULL where nothing is there. */
export function textSql({ columns }: JudgedText, alias: string): Sql {
  const parts = columns.map((name) => sql`${columnOf(alias, name)}::text`);
  const whole =
    parts.length === 1 ? joinSql(parts, '') : sql`concat_ws(' ', ${joinSql(parts, ', ')})`;
  return sql`left(${whole}, ${LONGEST_VALUE}::int)`;
}

/** Milliseconds since 1970 as an SQL expression; whole numbers are seconds or milliseconds by their size. */
export function createdAtSql({ createdAt }: ScannedTable, alias: string): Sql {
  if (createdAt === null) return sql`null::float8`;
  const value = columnOf(alias, createdAt.name);
  if (/^(?:integer|bigint)$/.test(createdAt.type)) {
    return sql`(case when ${value} > 100000000000 then ${value} else ${value} * 1000.0 end)::float8`;
  }
  return sql`(extract(epoch from ${value}) * 1000)::float8`;
}
