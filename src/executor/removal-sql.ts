import { ColumnName, type QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { changedColumns } from '../planner/reference-columns.ts';
import type { Combination } from './changed-rows.ts';
import { afterObject } from './row-hash.ts';
import { qualified, rowIdentity, sameRow, selfAlias } from './row-identity.ts';
import type { WorkTable } from './selection-sql.ts';

/** The statements that remove and change rows. Each is bounded by a work table, never by the predicate alone. */

/** @param from what stands after FROM: the work table, or a piece of it */
export function deleteListed(work: WorkTable, from = sql`${work.name}`): Sql {
  return sql`
    delete from ${work.table.name}
     using ${from} as hygiene_listed
     where ${listed(work)}
  `;
}

/**
 * Tables that reference each other in a circle lose their rows in one statement: foreign keys are
 * checked at its end. The result has one count for each table, named by its position.
 */
export function deleteTogether(statements: readonly Sql[]): Sql {
  const deletes = statements.map(
    (statement, at) => sql`${rawSql(`removed_${String(at)}`)} as (${statement} returning 1)`,
  );
  const counts = statements.map(
    (_, at) =>
      sql`(select count(*)::float8 from ${rawSql(`removed_${String(at)}`)}) as ${new ColumnName(String(at))}`,
  );
  return sql`with ${joinSql(deletes, ',\n')} select ${joinSql(counts, ', ')}`;
}

/** A change of listed rows that stay. */
export interface Change {
  readonly update: Sql;
  /** `t join list on …`: the rows that it is about. */
  readonly rows: Sql;
  /** Of the work table, what told the rows apart before they were changed. */
  readonly identity: readonly Sql[];
  readonly columns: readonly string[];
}

/** Takes references away from rows that stay. */
export function clearReferences(work: WorkTable, { edges, condition }: Combination): Change {
  const values = new Map(
    edges.flatMap((edge) =>
      changedColumns(edge.foreignKey).map((column) => [
        column,
        edge.action === 'default' ? 'default' : 'null',
      ]),
    ),
  );
  const assignments = [...values].map(
    ([column, value]) => sql`${new ColumnName(column)} = ${rawSql(value)}`,
  );
  const list = sql`${work.name} as hygiene_listed`;
  const where = sql`${listed(work)} and ${condition}`;
  const identity = rowIdentity(work.table).columns.map((name) => qualified('hygiene_listed', name));
  return { ...changeOf(work, { assignments, list, where }), identity, columns: [...values.keys()] };
}

/**
 * Assigns new values to rows that stay. The columns of the work table get names of our own: the author's
 * expression may name those of its table without saying whose they are.
 */
export function assignListed(
  work: WorkTable,
  assignments: readonly { column: string; value: Sql }[],
): Change {
  const terms = assignments.map(({ column, value }) => sql`${new ColumnName(column)} = ${value}`);
  const own = rowIdentity(work.table);
  const renamed = own.columns.map((name, at) => sql`${new ColumnName(name)} as ${keyName(at)}`);
  const identity = own.columns.map((_, at) => sql`hygiene_listed.${keyName(at)}`);
  const same = own
    .expressions(selfAlias(work.table))
    .map((expression, at) => sql`${expression} = ${identity[at] ?? rawSql('null')}`);
  const list = sql`(select ${joinSql(renamed, ', ')} from ${work.name}) as hygiene_listed`;
  const where = joinSql(same, ' and ');
  const columns = assignments.map(({ column }) => column);
  return { ...changeOf(work, { assignments: terms, list, where }), identity, columns };
}

function changeOf(
  { table }: WorkTable,
  change: { readonly assignments: readonly Sql[]; readonly list: Sql; readonly where: Sql },
): Pick<Change, 'update' | 'rows'> {
  const { assignments, list, where } = change;
  return {
    update: sql`
      update ${table.name}
         set ${joinSql(assignments, ', ')}
        from ${list}
       where ${where}
    `,
    rows: sql`${table.name} join ${list} on ${where}`,
  };
}

/**
 * Changes rows and keeps them as they were, each with a hash of what it was changed to. The copy reads
 * the rows as they are before the statement. The result has the counts `changed` and `kept`.
 */
export function changeAndKeep(work: WorkTable, change: Change, archive: QualifiedName): Sql {
  const self = selfAlias(work.table);
  const columns = work.table.columns.filter(({ name }) => change.columns.includes(name));
  const keys = change.identity.map((expression, at) => sql`${expression} as ${keyName(at)}`);
  const same = rowIdentity(work.table)
    .expressions(self)
    .map((expression, at) => sql`${expression} = hygiene_changed.${keyName(at)}`);
  return sql`
    with hygiene_changed as (
      ${change.update}
      returning ${joinSql(keys, ', ')}, ${afterObject(columns, self)} as hygiene_after
    ), hygiene_kept as (
      insert into ${archive}
      select ${rawSql(self)}.*, hygiene_changed.hygiene_after
        from ${work.table.name}
        join hygiene_changed on ${joinSql(same, ' and ')}
      returning 1
    )
    select (select count(*)::float8 from hygiene_changed) as changed,
           (select count(*)::float8 from hygiene_kept) as kept
  `;
}

function keyName(at: number): ColumnName {
  return new ColumnName(`hygiene_key_${String(at)}`);
}

/** Joins the table, by its own name, with its work table `hygiene_listed`. */
export function listed(work: WorkTable): Sql {
  return sameRow(rowIdentity(work.table), selfAlias(work.table), 'hygiene_listed');
}
