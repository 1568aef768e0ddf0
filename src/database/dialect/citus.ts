import { HygieneError } from '../../kernel/errors.ts';
import { nameList, type Sql, sql } from '../../kernel/sql.ts';
import type { QualifiedName } from '../../kernel/identifiers.ts';
import { type Connection, queryOne } from '../connection.ts';

/**
 * What is said otherwise where Citus spreads tables over a cluster. What follows from it for a plan is in
 * `policy/cluster.ts`, why in ADR 16. Measured on Citus 13.0.
 */

/** True as an SQL expression where Citus is installed in the database. */
export const hasCitus = sql`to_regclass('pg_catalog.pg_dist_partition') is not null`;

/** A table that Citus knows, with how it keeps the rows. */
export interface CitusTable {
  readonly oid: number;
  readonly kind: 'distributed' | 'single shard' | 'reference' | 'local';
  /** The column by whose hash the rows are divided; null where they are not, or by ranges. */
  readonly column: string | null;
}

/**
 * Only on the coordinator are all tables seen, and is there a ledger.
 * @throws HygieneError HYG_REFUSED_CLUSTER on a worker
 */
export async function readCitusTables(connection: Connection): Promise<readonly CitusTable[]> {
  const { node } = await queryOne<{ node: number }>(
    connection,
    sql`select coalesce(max(groupid), 0)::int4 as node from pg_catalog.pg_dist_local_group`,
  );
  if (node !== 0) throw onWorker(node);
  const { rows } = await connection.query<CitusTable>(sql`
    select p.logicalrelid::oid::int8 as "oid",
           case when p.partmethod <> 'n' then 'distributed'
                when p.repmodel = 't' then 'reference'
                when p.colocationid <> 0 then 'single shard'
                else 'local' end as "kind",
           case when p.partmethod = 'h'
                then pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) end as "column"
      from pg_catalog.pg_dist_partition p
  `);
  return rows;
}

/**
 * Others read on, and no writer comes in, whichever node it is connected to. It stands for row locks,
 * which Citus does not take in several shards.
 */
export function lockAgainstWriters(tables: readonly QualifiedName[]): Sql {
  return sql`lock table ${nameList(tables)} in share row exclusive mode`;
}

/** Divides an empty table as another one is, so that copies of rows stay on the node of the rows. */
export function divideLike(
  name: QualifiedName,
  { column, source }: { readonly column: string; readonly source: QualifiedName },
): Sql {
  return sql`
    select pg_catalog.create_distributed_table(
      ${name.quoted}::regclass, ${column}::text, colocate_with => ${source.quoted}::text)
  `;
}

/** Those of the tables, by their quoted names, that a cluster has divided or moved. */
export async function dividedTables(
  connection: Connection,
  names: readonly QualifiedName[],
): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ name: string }>(sql`
    select wanted.name
      from unnest(${names.map(({ quoted }) => quoted)}::text[]) as wanted (name)
      join pg_catalog.pg_dist_partition p on p.logicalrelid = to_regclass(wanted.name)
  `);
  return new Set(rows.map(({ name }) => name));
}

/** A shard is named like its table, with its number: what PostgreSQL tells of a shard is about the table. */
export function withoutShard(name: string): string {
  return name.replace(/_\d{5,}$/, '');
}

/**
 * One connection to each node until the end of the transaction: after several at once, Citus refuses to
 * change a reference table that what they have read depends on. Does nothing without Citus.
 */
export async function useOneConnectionPerNode(connection: Connection): Promise<void> {
  await connection.query(sql`
    select set_config('citus.multi_shard_modify_mode', 'sequential', true) where ${hasCitus}
  `);
}

/** With schema-based sharding, a schema that is made now would have its tables on some worker. */
export async function keepNewSchemasHere(connection: Connection): Promise<void> {
  const name = 'citus.enable_schema_based_sharding';
  await connection.query(sql`
    select set_config(${name}, 'off', true) where current_setting(${name}, true) = 'on'
  `);
}

function onWorker(node: number): HygieneError {
  return new HygieneError('HYG_REFUSED_CLUSTER', {
    message: `This is a worker node of a Citus cluster (group ${String(node)}): the ledger is on the coordinator.`,
    hint: 'Connect to the coordinator: select nodename, nodeport from pg_dist_node where groupid = 0;',
    details: { node },
  });
}
