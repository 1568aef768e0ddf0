import { MUTATION_COLUMNS } from '../archive/archive-tables.ts';
import type { Connection } from '../database/connection.ts';
import { createTemporaryTable } from '../database/create-table-as.ts';
import { ColumnName, QualifiedName } from '../kernel/identifiers.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { Change } from './removal-sql.ts';
import { afterObject } from './row-hash.ts';
import { identityColumns, rowIdentity, sameRow, selfAlias } from './row-identity.ts';
import type { WorkTable } from './selection-sql.ts';

/**
 * Keeps rows of a cluster's table as they are, changes them, and then keeps a hash of what they were
 * changed to. Citus carries out the parts of a statement one after the other, so that no part sees the
 * rows as they were before it; nobody else can write to the table meanwhile.
 * @param archive empty, or filled by an earlier change
 * @returns how many rows were changed, and how many are kept with their hash
 */
export async function keepThenChange(
  connection: Connection,
  work: WorkTable,
  { change, archive }: { readonly change: Change; readonly archive: QualifiedName },
): Promise<{ readonly changed: number; readonly kept: number }> {
  const self = selfAlias(work.table);
  const after = new ColumnName(MUTATION_COLUMNS.after);
  await copyHere(connection, work, { change, archive });
  const { rowCount: changed } = await connection.query(change.update);
  const identity = rowIdentity(work.table);
  const columns = work.table.columns.filter(({ name }) => change.columns.includes(name));
  const left = new QualifiedName('pg_temp', `${work.name.name}_left`);
  await createTemporaryTable(
    connection,
    left,
    sql`
    select ${identityColumns(identity, self)}, ${afterObject(columns, self)} as ${after}
      from ${change.rows}
  `,
  );
  const { rowCount: kept } = await connection.query(sql`
    update ${archive} as hygiene_kept
       set ${after} = hygiene_left.${after}
      from ${left} as hygiene_left
     where ${sameRow(identity, 'hygiene_kept', 'hygiene_left')}
       and hygiene_kept.${after} is null
  `);
  await connection.query(sql`drop table ${left}`);
  return { changed, kept };
}

/**
 * By way of a table that has no identity column: Citus 13.0 gives such a column another column's value
 * where rows of a cluster are inserted (https://github.com/citusdata/citus/issues/7887).
 */
async function copyHere(
  connection: Connection,
  work: WorkTable,
  { change, archive }: { readonly change: Change; readonly archive: QualifiedName },
): Promise<void> {
  const old = new QualifiedName('pg_temp', `${work.name.name}_old`);
  const rows = sql`select ${rawSql(selfAlias(work.table))}.* from ${change.rows}`;
  await createTemporaryTable(connection, old, rows);
  await connection.query(sql`
    insert into ${archive} select hygiene_old.*, null::jsonb from ${old} as hygiene_old
  `);
  await connection.query(sql`drop table ${old}`);
}
