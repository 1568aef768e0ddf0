import { tableLines } from './layout.ts';
import { grouped } from '../kernel/counts.ts';

type Rows = Readonly<Record<string, number>>;

/** Rows by table, before and after the tour. */
export function beforeAndAfter(before: Rows, after: Rows): string[] {
  return tableLines(
    [{ title: 'table' }, { title: 'before', align: 'right' }, { title: 'after', align: 'right' }],
    Object.entries(before).map(([table, rows]) => [
      table,
      grouped(rows),
      grouped(after[table] ?? 0),
    ]),
  );
}
