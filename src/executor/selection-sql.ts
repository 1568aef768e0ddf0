import type { ForeignKey, Table } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import { ColumnName, type QualifiedName, quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { rowSetCondition, type RowSet } from '../planner/steps.ts';
import { identityColumns, qualified, rowIdentity, sameRow, selfAlias } from './row-identity.ts';

/** The statements of a selection. Work tables are temporary and list rows by identity. */

export interface WorkTable {
  readonly name: QualifiedName;
  readonly table: Table;
  /** Columns beside the identity that foreign keys of dependents reference. */
  readonly referenced: readonly string[];
}

export function createWorkTable(work: WorkTable): Sql {
  return sql`
    create temp table ${rawSql(quoteIdentifier(work.name.name))} on commit drop as
    select ${workColumns(work, work.table)}, 0 as hygiene_round
      from ${work.table.name}
      with no data
  `;
}

export interface JudgedRows {
  /** The row set's own table: the work table's, or a partition of it. */
  readonly table: Table;
  readonly rows: RowSet;
}

export interface CountedRows extends JudgedRows {
  /** Work tables whose rows are spoken for by earlier steps of the same plan. */
  readonly excluded: readonly WorkTable[];
}

export interface RootSelection extends CountedRows {
  readonly round: number;
  readonly lock: boolean;
}

/** The rows of the row set, locked in key order so that two purges cannot lock crosswise. */
export function selectRoot(work: WorkTable, root: RootSelection): Sql {
  return sql`
    insert into ${work.name}
    select ${workColumns(work, root.table)}, ${root.round}::int
      from ${root.table.name}
     where ${rowSetCondition(root.rows)}
       ${notListed(root.table, root.excluded)}
    ${lockClause(root.table, root.lock ? 'update' : null)}
  `;
}

export interface EdgeSelection {
  readonly foreignKey: ForeignKey;
  readonly parent: WorkTable;
  readonly child: Table;
  /** Only parents that were selected after this round are new to this edge. */
  readonly afterRound: number;
  readonly excluded: readonly WorkTable[];
  /** Leaves out a row that references itself. */
  readonly exceptItself: boolean;
  readonly lock: 'update' | 'no key update' | null;
}

/** The rows that reference newly doomed rows through one foreign key. */
export function selectReferencing(into: WorkTable, edge: EdgeSelection, round: number): Sql {
  return sql`
    insert into ${into.name}
    select ${workColumns(into, edge.child)}, ${round}::int
      ${referencing(edge)}
    ${lockClause(edge.child, edge.lock)}
  `;
}

export function countReferencing(edge: EdgeSelection): Sql {
  return sql`select count(*)::float8 as count ${referencing(edge)}`;
}

/** How many rows the table has, and for how many the predicate is NULL. */
export function countTable({ table, rows, excluded }: CountedRows): Sql {
  return sql`
    select count(*)::float8 as total,
           count(*) filter (where (${rows.predicate}) is unknown)::float8 as unknown
      from ${table.name}
     where true ${notListed(table, excluded)}
  `;
}

/** Which share of the rows the row set is, on about so many pages of the table. */
export function sampleShare({ table, rows }: JudgedRows, pages: number): Sql {
  const size = sql`greatest(pg_relation_size(${table.oid}::bigint::oid), 1)`;
  const percent = sql`least(100, 100 * ${pages}::float8 * current_setting('block_size')::float8 / ${size})`;
  return sql`
    select (count(*) filter (where ${rowSetCondition(rows)}) / greatest(count(*), 1)::float8) as share
      from ${table.name} tablesample system (${percent})
  `;
}

function referencing(edge: EdgeSelection): Sql {
  const { foreignKey, parent, child } = edge;
  const matches = references(foreignKey, selfAlias(child), 'hygiene_parent');
  const isNew = sql`hygiene_parent.hygiene_round > ${edge.afterRound}::int`;
  const others = notListed(child, edge.excluded);
  const itself = notItself(edge);
  // Several rows may cover a period; a join would list the row of the child once for each.
  if (foreignKey.period) {
    return sql`
      from ${child.name}
     where exists (select from ${parent.name} as hygiene_parent
                    where ${matches} and ${isNew}${notItself(edge)})
       ${notListed(child, edge.excluded)}
  `;
  }
  return sql`
      from ${child.name}
      join ${parent.name} as hygiene_parent on ${matches}
     where ${isNew}${itself}
       ${others}
  `;
}

/** True for the rows of a table, by its own name, that a work table lists. */
export function isListedIn(work: WorkTable, seenFrom: Table): Sql {
  if (seenFrom.citus !== null) return isAmong(work, seenFrom);
  const same = sameRow(rowIdentity(work.table), selfAlias(seenFrom), 'hygiene_listed');
  return sql`exists (select from ${work.name} as hygiene_listed where ${same})`;
}

/** The same for a table of a cluster: there a subquery may not look at the row that is judged. */
function isAmong({ name, table }: WorkTable, seenFrom: Table): Sql {
  const identity = rowIdentity(table);
  const listed = identity.columns.map((column) => qualified('hygiene_listed', column));
  return sql`(${joinSql(identity.expressions(selfAlias(seenFrom)), ', ')}) in (
    select ${joinSql(listed, ', ')} from ${name} as hygiene_listed)`;
}

/** The columns of a work table, read from its table or from a partition of it. */
function workColumns(work: WorkTable, from: Table): Sql {
  const self = selfAlias(from);
  const identity = rowIdentity(work.table);
  const extra = work.referenced
    .filter((name) => !identity.columns.includes(name))
    .map((name) => sql`${qualified(self, name)} as ${new ColumnName(name)}`);
  return joinSql([identityColumns(identity, self), ...extra], ', ');
}

function notListed(table: Table, listed: readonly WorkTable[]): Sql {
  const identity = rowIdentity(table);
  const terms = listed.map(
    (work) => sql`
       and not exists (select from ${work.name} as hygiene_listed where ${sameRow(identity, selfAlias(table), 'hygiene_listed')})`,
  );
  return joinSql(terms, '');
}

function notItself({ child, parent, exceptItself }: EdgeSelection): Sql {
  if (!exceptItself || child.root !== parent.table.root) return rawSql('');
  return sql` and not (${sameRow(rowIdentity(parent.table), selfAlias(child), 'hygiene_parent')})`;
}

/** Rows of a cluster cannot be locked: their tables are, before anything is selected. */
function lockClause(table: Table, lock: EdgeSelection['lock']): Sql {
  if (lock === null || table.citus !== null) return rawSql('');
  const self = selfAlias(table);
  const order = joinSql(rowIdentity(table).expressions(self), ', ');
  return sql`order by ${order} for ${rawSql(lock)} of ${rawSql(self)}`;
}
