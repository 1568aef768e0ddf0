import { type Connection, queryOne } from '../database/connection.ts';
import { createTemporaryTable } from '../database/create-table-as.ts';
import { ColumnName, QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, sql } from '../kernel/sql.ts';
import { asItWasLeft } from './changed-values.ts';
import { archivedHash, KEPT, NOW, type Proof } from './restore-sql.ts';
import type { RestoreUnit, SharedColumn } from './restore-units.ts';
import { rowHash } from './row-hash.ts';
import { qualified, rowIdentity, sameRow } from './row-identity.ts';

/** What the archive says, and what the rows hold now. */
export interface SetBack {
  readonly archived: Proof;
  readonly restored: Proof;
}

/**
 * Sets columns of rows back to what the archive holds.
 * @param listed the rows, each with the place of the archived one
 */
export async function setBack(
  connection: Connection,
  unit: RestoreUnit,
  what: { readonly set: readonly SharedColumn[]; readonly listed: QualifiedName },
): Promise<SetBack> {
  const archived = await queryOne<Proof>(
    connection,
    sql`
    select count(*)::float8 as rows, coalesce(sum(${archivedHash(what.set)}), 0)::text as hash
      from ${unit.kept} as hygiene_kept
      join ${what.listed} as hygiene_undo on hygiene_undo.place = hygiene_kept.ctid
  `,
  );
  const restored =
    unit.table.citus === null
      ? await setBackHere(connection, unit, what)
      : await setBackInCluster(connection, unit, what);
  return { archived, restored };
}

function setBackHere(
  connection: Connection,
  { table, kept }: RestoreUnit,
  { set, listed }: Parameters<typeof setBack>[2],
): Promise<Proof> {
  const values = set.map(({ name }) => sql`${new ColumnName(name)} = ${qualified(KEPT, name)}`);
  return queryOne<Proof>(
    connection,
    sql`
    with changed as (
      update ${table.name} as hygiene_now
         set ${joinSql(values, ', ')}
        from ${kept} as hygiene_kept
        join ${listed} as hygiene_undo on hygiene_undo.place = hygiene_kept.ctid
       where ${sameRow(rowIdentity(table), NOW, 'hygiene_undo')}
         and ${joinSql(set.map(asItWasLeft), ' and ')}
      returning ${rowHash(set, NOW)} as hash
    )
    select count(*)::float8 as rows, coalesce(sum(hash), 0)::text as hash from changed
  `,
  );
}

/**
 * By one list of keys and values, and looked at again afterwards. Nobody can have changed the rows since
 * they were listed. The copy of the rows of today follows, as a row may have been changed twice.
 */
async function setBackInCluster(
  connection: Connection,
  { table, kept, now, position }: RestoreUnit,
  { set, listed }: Parameters<typeof setBack>[2],
): Promise<Proof> {
  const identity = rowIdentity(table);
  const list = new QualifiedName('pg_temp', `hygiene_values_${String(position)}`);
  const keys = identity.columns.map((name) => qualified('hygiene_undo', name));
  const olds = set.map(
    ({ name }, at) => sql`${qualified(KEPT, name)} as ${new ColumnName(`old_${String(at)}`)}`,
  );
  await createTemporaryTable(
    connection,
    list,
    sql`
    select ${joinSql([...keys, ...olds], ', ')}
      from ${kept} as hygiene_kept
      join ${listed} as hygiene_undo on hygiene_undo.place = hygiene_kept.ctid
  `,
  );
  const values = set.map(
    ({ name }, at) =>
      sql`${new ColumnName(name)} = ${qualified('hygiene_old', `old_${String(at)}`)}`,
  );
  for (const rows of [table.name, now]) {
    await connection.query(sql`
      update ${rows} as hygiene_now
         set ${joinSql(values, ', ')}
        from ${list} as hygiene_old
       where ${sameRow(identity, NOW, 'hygiene_old')}
    `);
  }
  const restored = await queryOne<Proof>(
    connection,
    sql`
    select count(*)::float8 as rows, coalesce(sum(${rowHash(set, NOW)}), 0)::text as hash
      from ${table.name} as hygiene_now
      join ${list} as hygiene_old on ${sameRow(identity, NOW, 'hygiene_old')}
  `,
  );
  await connection.query(sql`drop table ${list}`);
  return restored;
}
