import type { Archive } from '../archive/archive.ts';
import type { Catalog, Table } from '../catalog/model.ts';
import { firingTriggers } from '../catalog/partitions.ts';
import { references } from '../catalog/references.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { ColumnName } from '../kernel/identifiers.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';
import type { ProtectedSet } from './protected-set.ts';
import { qualified, selfAlias } from './row-identity.ts';
import type { Selection } from './selection.ts';
import { oneStatement, type Statements } from './statements.ts';

/**
 * A table that nothing references loses its rows by one statement: they need not be listed, nor locked
 * before, since nothing depends on them. That is most of the rows of a usual purge.
 */
export interface Leaf {
  readonly table: Table;
  readonly edges: readonly ClosureEdge[];
}

export interface SplitClosure {
  /** The tables whose rows are listed; its edges lead to them from such tables, or are not purged. */
  readonly inner: Closure;
  readonly leaves: readonly Leaf[];
}

export function splitLeaves(
  catalog: Catalog,
  closure: Closure,
  protectedSets: readonly ProtectedSet[],
): SplitClosure {
  const protectedRoots = new Set(protectedSets.map(({ table }) => table.root));
  const leaves = closure.tables
    .filter((table) => table !== closure.rootHolder && !protectedRoots.has(table.root))
    .map((table) => ({ table, edges: closure.edges.filter(({ child }) => child === table) }))
    .filter((leaf) => isPlain(catalog, closure, leaf));
  const tables = new Set(leaves.map(({ table }) => table));
  return {
    leaves,
    inner: {
      ...closure,
      tables: closure.tables.filter((table) => !tables.has(table)),
      edges: closure.edges.filter(({ child }) => !tables.has(child)),
    },
  };
}

/**
 * A trigger that swallows a delete, or a rule, shows only where rows are counted before; in a cluster what
 * a row references cannot be looked up for each row.
 */
function isPlain(catalog: Catalog, closure: Closure, { table, edges }: Leaf): boolean {
  const isReferenced = closure.edges.some(({ parent }) => parent === table);
  const isSwallowed = firingTriggers(catalog, table, 'delete').some(
    ({ trigger }) => trigger.timing === 'before' && trigger.level === 'row',
  );
  return (
    table.citus === null &&
    !isReferenced &&
    !isSwallowed &&
    table.deleteRules.length === 0 &&
    table.inheritanceChildren.length === 0 &&
    edges.every(({ action }) => action === 'purge')
  );
}

/** What they reference is listed with the rows of the other tables. */
export function leafEdges({ leaves }: SplitClosure): readonly ClosureEdge[] {
  return leaves.flatMap(({ edges }) => edges);
}

/** What a batch takes, and how. */
export interface SelectedBatch {
  readonly selection: Selection;
  /** Null declines the archive. */
  readonly archive: Archive | null;
  readonly statements: Statements;
}

/**
 * Removes the rows of a leaf that reference doomed rows, which are locked, so that none can be added.
 * @returns rows removed, and archived
 */
export async function removeLeaf(
  connection: Connection,
  { table, edges }: Leaf,
  { selection, archive, statements }: SelectedBatch,
): Promise<{ readonly removed: number; readonly archived: number }> {
  let removed = 0;
  for (const edge of edges) {
    const work = selection.doomed(edge.parent);
    if (selection.count(work) === 0) continue;
    const isFirst = archive !== null && !archive.has(table.name);
    if (isFirst && !(await isAnyThere(connection, edge, sql`${work.name}`))) continue;
    // Without an index each statement reads the whole table.
    const how = edge.foreignKey.indexed ? statements : oneStatement;
    removed += await how.forEach(work, async (parents) => {
      const statement = sql`delete from ${table.name} where ${isReferencing(edge, parents)}`;
      return archive === null
        ? (await connection.query(statement)).rowCount
        : archive.addRemoved(table.name, statement);
    });
  }
  return { removed, archived: archive === null ? 0 : removed };
}

/** Whether the first archive of a leaf would have a row in it. */
async function isAnyThere(
  connection: Connection,
  edge: ClosureEdge,
  parents: Sql,
): Promise<boolean> {
  const { found } = await queryOne<{ found: boolean }>(
    connection,
    sql`select exists (select from ${edge.child.name} where ${isReferencing(edge, parents)}) as found`,
  );
  return found;
}

/** Whether rows that reference others are looked up in the index of the one column they reference by. */
export function isLookedUp({ foreignKey }: ClosureEdge): boolean {
  return foreignKey.childColumns.length === 1 && foreignKey.indexed;
}

/** An array leaves the planner no choice but the index; without one, a join reads the table once. */
export function isReferencing(edge: ClosureEdge, parents: Sql): Sql {
  const { foreignKey, child } = edge;
  const self = selfAlias(child);
  const [column] = foreignKey.childColumns;
  const [referenced] = foreignKey.parentColumns;
  if (isLookedUp(edge) && column !== undefined && referenced !== undefined) {
    return sql`${qualified(self, column)} = any (array(
         select ${new ColumnName(referenced)} from ${parents} as hygiene_parent))`;
  }
  return sql`exists (select from ${parents} as hygiene_parent
                      where ${references(foreignKey, self, 'hygiene_parent')})`;
}
