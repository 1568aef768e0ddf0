import type { Table } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { ClosureEdge } from '../planner/closure.ts';
import type { RowSet } from '../planner/steps.ts';
import { identityColumns, qualified, rowIdentity, sameRow, selfAlias } from './row-identity.ts';
import type { WorkTable } from './selection-sql.ts';

/** The statements of a selection that is told from the survivors. Tables go by their own names. */

/** A copy of the rows of a table that stay. */
export interface Kept {
  readonly name: QualifiedName;
  readonly table: Table;
  readonly rows: number;
}

export interface KeptSelection {
  /** The row set that dooms rows of the table by itself; null for a table that only follows. */
  readonly rows: RowSet | null;
  /** What its rows hang on: each has to have its parent among those that stay. */
  readonly parents: readonly KeptParent[];
}

interface KeptParent {
  readonly edge: ClosureEdge;
  readonly kept: Kept;
  /** Columns of the reference that may hold NULL: such a row hangs on nothing. */
  readonly nullable: readonly string[];
}

/**
 * The rows that stay. Joined, not looked up: of the unique parents of a row there is one or none, and a
 * reference that is NULL hangs on nothing.
 */
export function selectKept(table: Table, { rows, parents }: KeptSelection): Sql {
  const self = selfAlias(table);
  const joins = parents.map(({ edge, kept, nullable }, at) => {
    const alias = `hygiene_parent_${String(at)}`;
    const join = rawSql(nullable.length === 0 ? 'join' : 'left join');
    return sql`${join} ${kept.name} as ${rawSql(alias)} on ${references(edge.foreignKey, self, alias)}`;
  });
  const conditions = parents.flatMap(({ edge, nullable }, at) => {
    if (nullable.length === 0) return [];
    const [column = ''] = edge.foreignKey.parentColumns;
    const found = sql`${qualified(`hygiene_parent_${String(at)}`, column)} is not null`;
    const free = nullable.map((name) => sql`${qualified(self, name)} is null`);
    return [sql`(${joinSql([found, ...free], ' or ')})`];
  });
  const own = rows === null ? [] : [staysByItself(rows)];
  const unknown = rows === null ? sql`` : sql`, (${rows.predicate}) is unknown as hygiene_unknown`;
  return sql`
    select ${rawSql(self)}.*${unknown}
      from ${table.name}
      ${joinSql(joins, '\n')}
     where ${joinSql([sql`true`, ...own, ...conditions], ' and ')}
  `;
}

/** A row for which the predicate is NULL stays. */
function staysByItself({ mode, predicate }: RowSet): Sql {
  return mode === 'match' ? sql`(${predicate}) is not true` : sql`(${predicate}) is not false`;
}

/** The copy of the root's rows says for which of them the predicate is NULL: it is asked once for a row. */
export function countUnknown({ name }: Kept): Sql {
  return sql`select count(*)::float8 as count from ${name} where hygiene_unknown`;
}

/** The doomed rows, told as cheaply as it goes: by the one parent they hang on, else by their absence. */
export function fromDoomed(kept: Kept, { rows, parents }: KeptSelection): Sql {
  const [only, ...others] = parents;
  return rows === null && only !== undefined && others.length === 0
    ? fromDangling({ edge: only.edge, parent: only.kept, survivors: null })
    : sql`from ${kept.table.name} where ${isUnkept(kept)}`;
}

export function isUnkept(kept: Kept): Sql {
  return sql`not ${isKept(kept)}`;
}

export function deleteUnkept(kept: Kept): Sql {
  return sql`delete from ${kept.table.name} where ${isUnkept(kept)}`;
}

export interface Dangling {
  readonly edge: ClosureEdge;
  readonly parent: Kept;
  /** Counts only rows that stay themselves; null counts all. */
  readonly survivors: Kept | null;
}

/** Lists the rows that reference a doomed row. */
export function selectDangling(into: WorkTable, dangling: Dangling): Sql {
  const identity = rowIdentity(into.table);
  return sql`
    insert into ${into.name}
    select ${identityColumns(identity, selfAlias(into.table))}, 1
      ${fromDangling(dangling)}
  `;
}

export function countDangling(dangling: Dangling): Sql {
  return sql`select count(*)::float8 as count ${fromDangling(dangling)}`;
}

function fromDangling({ edge, parent, survivors }: Dangling): Sql {
  const { child } = edge;
  const given = edge.foreignKey.childColumns.map(
    (name) => sql`${qualified(selfAlias(child), name)} is not null`,
  );
  const itself = survivors === null ? [] : [isKept(survivors)];
  return sql`
      from ${child.name}
     where ${joinSql([...given, ...itself], ' and ')}
       and not exists (select from ${parent.name} as hygiene_parent
                        where ${references(edge.foreignKey, selfAlias(child), 'hygiene_parent')})
  `;
}

function isKept({ name, table }: Kept): Sql {
  const same = sameRow(rowIdentity(table), selfAlias(table), 'hygiene_kept');
  return sql`exists (select from ${name} as hygiene_kept where ${same})`;
}
