import type { Catalog, Table } from '../../catalog/model.ts';
import { unreplicableParts } from '../../catalog/partitions.ts';
import { type Connection, queryOne } from '../../database/connection.ts';
import { readSignals } from '../../executor/throttle-signals.ts';
import { sql } from '../../kernel/sql.ts';
import { type Check, ok, problem, unknown, warn } from './check.ts';

/** Above this batches wait, unless --max-replica-lag says otherwise. */
const LAG_MS = 5_000;

export async function replicationLag(connection: Connection): Promise<Check> {
  const { standby } = await queryOne<{ standby: boolean }>(
    connection,
    sql`select pg_is_in_recovery() as standby`,
  );
  if (standby) {
    const words = 'This server is a standby: it takes no writes.';
    return problem('replication lag', words, 'Name the primary as the target.');
  }
  const { replicaLagMs, hidden, archiverFails } = await readSignals(connection, []);
  if (archiverFails) {
    const words =
      'WAL is not archived: the last attempt failed, so a purge would fill the disk with WAL.';
    return problem('replication lag', words, 'select * from pg_stat_archiver;');
  }
  if (hidden.includes('replica lag')) {
    const words = 'There are replicas, but the role may not see how far they are behind.';
    return unknown('replication lag', words, 'grant pg_monitor to the role.');
  }
  if (replicaLagMs !== null && replicaLagMs > LAG_MS) {
    const words = `A replica is ${(replicaLagMs / 1000).toFixed(1)} s behind: a large purge makes it worse, and batches wait.`;
    return warn('replication lag', words, 'Wait until it has caught up.');
  }
  const words =
    replicaLagMs === null
      ? 'No replica is connected, or none is behind.'
      : 'Replicas are within 5 s.';
  return ok('replication lag', words);
}

/** A published table whose rows cannot be told apart refuses DELETE and UPDATE. */
export function replicaIdentity(catalog: Catalog, tables: readonly Table[]): Check {
  const parts = tables.flatMap((table) => [
    ...unreplicableParts(catalog, table, 'delete'),
    ...unreplicableParts(catalog, table, 'update'),
  ]);
  if (parts.length === 0) return ok('replica identity', 'No published table lacks one.');
  const names = [...new Set(parts)].map(({ name }) => name);
  return problem(
    'replica identity',
    `Published without a replica identity, so PostgreSQL refuses DELETE or UPDATE: ${names.join(', ')}.`,
    ...names.map(
      (name) => `alter table ${name.quoted} replica identity full;   -- or give it a primary key`,
    ),
  );
}

export async function logicalSubscribers(connection: Connection): Promise<Check> {
  const { rows } = await connection.query<{ name: string; active: boolean }>(sql`
    select slot_name::text as name, active
      from pg_replication_slots
     where slot_type = 'logical'
       and database = current_database()
     order by slot_name
  `);
  if (rows.length === 0) return ok('logical subscribers', 'There are none.');
  const shown = rows.map(({ name, active }) => (active ? name : `${name} (nobody reads it)`));
  const idle = rows.filter(({ active }) => !active);
  return warn(
    'logical subscribers',
    `Subscribers get each removed row as a change of its own: ${shown.join(', ')}.`,
    ...idle.map(
      ({ name }) =>
        `${name} keeps WAL until it is read: see to it before a large purge, or drop the slot.`,
    ),
  );
}
