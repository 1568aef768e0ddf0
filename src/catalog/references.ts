import { ColumnName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql } from '../kernel/sql.ts';
import type { ForeignKey } from './model.ts';

/**
 * The condition that a row references another one, each known by an alias that is quoted where it has to
 * be. With PERIOD, a row references every row whose period overlaps its own: it needs all of them.
 */
export function references(
  { childColumns, parentColumns, period }: ForeignKey,
  child: string,
  parent: string,
): Sql {
  const terms = childColumns.map((column, at) => {
    const isPeriod = period && at === childColumns.length - 1;
    const own = `${child}.${new ColumnName(column).quoted}`;
    const referenced = `${parent}.${new ColumnName(parentColumns[at] ?? column).quoted}`;
    return rawSql(`${own} ${isPeriod ? '&&' : '='} ${referenced}`);
  });
  return joinSql(terms, ' and ');
}
