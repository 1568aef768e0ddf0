import { references } from '../catalog/references.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import { isLookedUp, isReferencing, type Leaf } from './leaves.ts';
import { selfAlias } from './row-identity.ts';
import type { Selection } from './selection.ts';
import { countReferencing, type WorkTable } from './selection-sql.ts';
import { countFrom } from './table-sizes.ts';

/** Pages of a work table that one statement looks up: some ten thousand rows, about ten milliseconds. */
const PAGES_AT_ONCE = 200;
/** From this share of pages on that VACUUM has seen, an index alone says which rows there are. */
const MOSTLY = 0.9;

/** The rows of a leaf that would go, and by edge the rows that reference doomed rows. */
export async function countLeaf(
  connection: Connection,
  { table, edges }: Leaf,
  selection: Selection,
): Promise<{ readonly rows: number; readonly byEdge: ReadonlyMap<ClosureEdge, number> }> {
  const byEdge = new Map<ClosureEdge, number>();
  for (const edge of edges) {
    byEdge.set(edge, await countEdge(connection, edge, selection.doomed(edge.parent)));
  }
  const [only] = edges;
  if (edges.length === 1 && only !== undefined) return { rows: byEdge.get(only) ?? 0, byEdge };
  const anyEdge = edges.map((edge) => {
    const matches = references(edge.foreignKey, selfAlias(table), 'hygiene_parent');
    return sql`exists (select from ${selection.doomed(edge.parent).name} as hygiene_parent where ${matches})`;
  });
  const rows = await countFrom(connection, sql`${table.name} where ${joinSql(anyEdge, ' or ')}`);
  return { rows, byEdge };
}

/**
 * A look into the index for each doomed row takes a quarter of the time of a join, and others work between
 * two statements. It pays where the table itself need not be read.
 */
async function countEdge(
  connection: Connection,
  edge: ClosureEdge,
  work: WorkTable,
): Promise<number> {
  if (isLookedUp(edge)) {
    const { isInIndex, pages } = await queryOne<{ isInIndex: boolean; pages: number }>(
      connection,
      readExtent(edge, work),
    );
    if (isInIndex) return countByIndex(connection, edge, { work, pages });
  }
  const { foreignKey, child } = edge;
  const whole = { afterRound: 0, excluded: [], exceptItself: false, lock: null };
  const statement = countReferencing({ foreignKey, parent: work, child, ...whole });
  return (await queryOne<{ count: number }>(connection, statement)).count;
}

/** Of the leaf, whether its index says it all; of the work table, its pages. */
function readExtent({ child }: ClosureEdge, { name }: WorkTable): Sql {
  return sql`
    select coalesce(sum(c.relallvisible) >= ${MOSTLY}::float8 * sum(pg_relation_size(c.oid) / page.bytes), false) as "isInIndex",
           pg_relation_size(${name.quoted}::regclass) / min(page.bytes)::float8 as pages
      from pg_class as c
      cross join (select current_setting('block_size')::int as bytes) as page
     where c.relkind = 'r'
       and c.oid in (select ${child.oid}::bigint::oid
                      union
                     select relid from pg_partition_tree(${child.oid}::bigint::oid))
  `;
}

async function countByIndex(
  connection: Connection,
  edge: ClosureEdge,
  { work, pages }: { readonly work: WorkTable; readonly pages: number },
): Promise<number> {
  let count = 0;
  for (let page = 0; page < pages; page += PAGES_AT_ONCE) {
    const [from, until] = [`(${String(page)},0)`, `(${String(page + PAGES_AT_ONCE)},0)`];
    const some = sql`(select * from ${work.name} where ctid >= ${from}::tid and ctid < ${until}::tid)`;
    count += await countFrom(
      connection,
      sql`${edge.child.name} where ${isReferencing(edge, some)}`,
    );
  }
  return count;
}
