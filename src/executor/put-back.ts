import { type Connection, queryOne } from '../database/connection.ts';
import { insertInCluster } from './restore-in-cluster.ts';
import { insertArchived, type Proof } from './restore-sql.ts';
import type { RestoreUnit } from './restore-units.ts';

/**
 * Puts the archived rows of tables that may reference each other back, by one statement; those of a
 * cluster table by table, as it has no circles there.
 * @returns by table, count and hash of what is there of them then
 */
export async function putBack(
  connection: Connection,
  group: readonly RestoreUnit[],
  skipping: boolean,
): Promise<ReadonlyMap<RestoreUnit, Proof>> {
  if (group.some(({ table }) => table.citus !== null)) {
    const put = new Map<RestoreUnit, Proof>();
    for (const unit of group) put.set(unit, await insertInCluster(connection, unit, skipping));
    return put;
  }
  const row = await queryOne<Record<string, number | string>>(
    connection,
    insertArchived(group, skipping),
  );
  return new Map(
    group.map((unit, at) => [
      unit,
      { rows: Number(row[`${String(at)}.rows`]), hash: String(row[`${String(at)}.hash`]) },
    ]),
  );
}
