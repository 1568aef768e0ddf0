import { ColumnName } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import { changedColumns } from '../planner/reference-columns.ts';
import type { Combination } from './changed-rows.ts';
import { rowIdentity, sameRow, selfAlias } from './row-identity.ts';
import type { WorkTable } from './selection-sql.ts';

/** The statements that remove and change rows. Each is bounded by a work table, never by the predicate alone. */

export function deleteListed(work: WorkTable): Sql {
  return sql`
    delete from ${work.table.name}
     using ${work.name} as hygiene_listed
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

/** Takes references away from rows that stay. */
export function clearReferences(work: WorkTable, { edges, condition }: Combination): Sql {
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
  return sql`
    update ${work.table.name}
       set ${joinSql(assignments, ', ')}
      from ${work.name} as hygiene_listed
     where ${listed(work)}
       and ${condition}
  `;
}

/** Assigns new values to rows that stay. */
export function assignListed(
  work: WorkTable,
  assignments: readonly { column: string; value: Sql }[],
): Sql {
  const terms = assignments.map(({ column, value }) => sql`${new ColumnName(column)} = ${value}`);
  return sql`
    update ${work.table.name}
       set ${joinSql(terms, ', ')}
     where exists (select from ${work.name} as hygiene_listed where ${listed(work)})
  `;
}

/** Joins the table, by its own name, with its work table `hygiene_listed`. */
export function listed(work: WorkTable): Sql {
  return sameRow(rowIdentity(work.table), selfAlias(work.table), 'hygiene_listed');
}
