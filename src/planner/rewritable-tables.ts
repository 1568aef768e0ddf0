import type { Catalog, Table } from '../catalog/model.ts';
import type { WindowFacts } from '../catalog/window-facts.ts';
import { keyObstacle, tableObstacle } from './strategy-obstacles.ts';

export interface RewritableTables {
  readonly tables: readonly Table[];
  /** What keeps the first of the others out, where none is left. */
  readonly obstacle: string | null;
}

/**
 * The tables among these that can be emptied and filled again. TRUNCATE takes a table only together with
 * all that reference it, so a key from any other table has to be dropped and made anew; where it cannot
 * be, the table falls out, and with it what it had made possible.
 */
export function rewritableTables(
  catalog: Catalog,
  facts: WindowFacts,
  wanted: readonly Table[],
): RewritableTables {
  const obstacles: string[] = [];
  const without = (found: string | null): boolean => {
    if (found !== null) obstacles.push(found);
    return found === null;
  };
  let tables = wanted.filter((table) => without(tableObstacle(catalog, facts, table)));
  for (let before = Infinity; tables.length < before;) {
    before = tables.length;
    const emptied = new Set(tables.map(({ oid }) => oid));
    tables = tables.filter((table) => without(outsideObstacle(catalog, facts, { table, emptied })));
  }
  return { tables, obstacle: tables.length > 0 ? null : (obstacles[0] ?? null) };
}

function outsideObstacle(
  catalog: Catalog,
  facts: WindowFacts,
  { table, emptied }: { readonly table: Table; readonly emptied: ReadonlySet<number> },
): string | null {
  const outside = (catalog.foreignKeysByParent.get(table.oid) ?? []).filter(
    ({ child }) => !emptied.has(child),
  );
  const obstacles = outside.map((key) => keyObstacle(catalog, facts, { key, how: 'drop and add' }));
  return obstacles.find((each) => each !== null) ?? null;
}
