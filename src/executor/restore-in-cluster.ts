import { type Connection, queryOne } from '../database/connection.ts';
import { createTemporaryTable } from '../database/create-table-as.ts';
import { dividedTables } from '../database/dialect/citus.ts';
import { ColumnName, QualifiedName } from '../kernel/identifiers.ts';
import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import { checkClusterArchive } from '../policy/cluster.ts';
import { KEPT, NOW, notSkipped, type Proof, sameValues } from './restore-sql.ts';
import type { RestoreUnit } from './restore-units.ts';
import { rowHash } from './row-hash.ts';
import { qualified, rowIdentity } from './row-identity.ts';

/**
 * A restore compares archived rows with each other and with those of today, one by one, which Citus does
 * not. So what it compares comes to the coordinator, into temporary tables, and goes back from there.
 */

/**
 * Reads divided archives from copies; the rows of today that matter follow when it is known which.
 * @throws HygieneError HYG_REFUSED_CLUSTER
 */
export async function bringHere(
  connection: Connection,
  units: readonly RestoreUnit[],
): Promise<readonly RestoreUnit[]> {
  if (units.every(({ table }) => table.citus === null)) return units;
  for (const { table, columns } of units) {
    const refusal = checkClusterArchive(
      table,
      columns.map(({ name }) => name),
    );
    if (refusal !== null) throw refusal;
  }
  const divided = await dividedTables(
    connection,
    units.map(({ archive }) => archive),
  );
  const brought: RestoreUnit[] = [];
  for (const unit of units) {
    const { archive, position, table } = unit;
    let { kept, now } = unit;
    if (divided.has(archive.quoted)) {
      kept = new QualifiedName('pg_temp', `hygiene_kept_${String(position)}`);
      await createTemporaryTable(connection, kept, sql`select * from ${archive}`);
    }
    if (table.citus !== null)
      now = new QualifiedName('pg_temp', `hygiene_there_${String(position)}`);
    brought.push({ ...unit, kept, now });
  }
  return brought;
}

/** Makes room for the rows of today of a cluster's table; others are read where they are. */
export async function createCopyOfToday(
  connection: Connection,
  { table, now }: RestoreUnit,
): Promise<void> {
  if (table.citus === null) return;
  await connection.query(sql`
    create temp table ${new ColumnName(now.name)} on commit drop as
    select * from ${table.name} with no data
  `);
}

/**
 * Copies the rows as they are now, in place of those that were copied before.
 * @param matches conditions by which an archived row and a row of today belong together
 */
export async function copyToday(
  connection: Connection,
  { table, kept, now }: RestoreUnit,
  matches: readonly Sql[],
): Promise<void> {
  if (table.citus === null) return;
  await connection.query(sql`delete from ${now}`);
  for (const match of matches) {
    await connection.query(sql`
      insert into ${now}
      select hygiene_now.*
        from ${table.name} as hygiene_now
        join ${kept} as hygiene_kept on ${match}
    `);
  }
}

/** Puts archived rows back. @returns what is there of them then */
export async function insertInCluster(
  connection: Connection,
  unit: RestoreUnit,
  skipping: boolean,
): Promise<Proof> {
  const { table, kept, columns, position } = unit;
  const going = new QualifiedName('pg_temp', `hygiene_going_${String(position)}`);
  const source = sql`select * from ${kept} as hygiene_kept where ${notSkipped(unit, skipping)}`;
  await createTemporaryTable(connection, going, source);
  const names = columns.map(({ name }) => sql`${new ColumnName(name)}`);
  const values = columns.map(({ name }) => qualified(KEPT, name));
  await connection.query(sql`
    insert into ${table.name} (${joinSql(names, ', ')})
    overriding system value
    select ${joinSql(values, ', ')} from ${going} as hygiene_kept
  `);
  const key = rowIdentity(table).columns;
  const there = await queryOne<Proof>(
    connection,
    sql`
    select count(*)::float8 as rows, coalesce(sum(${rowHash(columns, NOW)}), 0)::text as hash
      from ${table.name} as hygiene_now
      join ${going} as hygiene_kept on ${sameValues(columns.filter(({ name }) => key.includes(name)))}
  `,
  );
  await connection.query(sql`drop table ${going}`);
  return there;
}
