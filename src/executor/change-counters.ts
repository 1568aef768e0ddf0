import type { Connection } from '../database/connection.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { rawSql, type Sql, sql } from '../kernel/sql.ts';

/** What our transaction did to one table since the baseline; partitions are summed into their root. */
export interface TableChange {
  readonly table: QualifiedName;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /**
   * Rows that can have moved between partitions by an UPDATE, at most. A move is a delete in one
   * partition and an insert in another, so what one partition counts for itself is no move.
   * An author's own DELETE in one and INSERT in another look the same.
   */
  readonly movable: number;
  /** Truncated, rewritten or dropped by us: only then do we hold ACCESS EXCLUSIVE on a changed file. */
  readonly rewritten: boolean;
}

/**
 * PostgreSQL's own counters of this transaction (`pg_stat_xact_user_tables`), read against a baseline:
 * they carry over from the transaction before, so their absolute value means nothing.
 */
export class ChangeCounters {
  readonly #connection: Connection;
  readonly #ownSchemas: readonly string[];
  readonly #baseline: QualifiedName;

  /** @param name of the baseline, where a transaction has more than one */
  constructor(connection: Connection, ownSchemas: readonly string[], name = 'hygiene_baseline') {
    this.#connection = connection;
    this.#ownSchemas = ownSchemas;
    this.#baseline = new QualifiedName('pg_temp', name);
  }

  async takeBaseline(): Promise<void> {
    await this.#connection.query(sql`
      create temp table ${rawSql(this.#baseline.name)} (
        relid oid, schema_name name, table_name name, relfilenode oid,
        inserted bigint, updated bigint, deleted bigint
      ) on commit drop
    `);
    await this.#connection.query(sql`
      insert into ${this.#baseline}
      select relid, schema_name, table_name, relfilenode, inserted, updated, deleted
        from (${this.#counters()}) as now_
    `);
  }

  /** The counters of every table that holds rows of the application, partitions under their root's name. */
  #counters(): Sql {
    return sql`
      select c.oid as relid, root_schema.nspname as schema_name, root.relname as table_name,
             c.relfilenode, c.relkind,
             pg_stat_get_xact_tuples_inserted(c.oid) as inserted,
             pg_stat_get_xact_tuples_updated(c.oid) as updated,
             pg_stat_get_xact_tuples_deleted(c.oid) as deleted
        from pg_class c
        join pg_class root on root.oid = coalesce(pg_partition_root(c.oid), c.oid)
        join pg_namespace root_schema on root_schema.oid = root.relnamespace
        join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm')
         and c.relpersistence <> 't'
         and n.nspname not in ('pg_catalog', 'information_schema')
         and n.nspname <> all (${this.#ownSchemas})
    `;
  }

  /**
   * Changed tables only, in the order of their names. A materialized view that is refreshed holds
   * nothing of its own: it has to be, or it would go on showing what was removed.
   */
  async changes(): Promise<readonly TableChange[]> {
    const { rows } = await this.#connection.query<ChangeRow>(sql`
      with now_ as (
        ${this.#counters()}
      ), ours as (
        select relation as relid
          from pg_locks
         where pid = pg_backend_pid() and granted
           and locktype = 'relation' and mode = 'AccessExclusiveLock'
      ), difference as (
        select coalesce(n.schema_name, b.schema_name) as schema_name,
               coalesce(n.table_name, b.table_name) as table_name,
               n.inserted - coalesce(b.inserted, 0) as inserted,
               n.updated - coalesce(b.updated, 0) as updated,
               n.deleted - coalesce(b.deleted, 0) as deleted,
               b.relid is not null
                 and n.relfilenode is distinct from b.relfilenode
                 and b.relid in (select relid from ours) as rewritten
          from now_ n
          full join ${this.#baseline} b on b.relid = n.relid
         where n.relkind is distinct from 'm' or b.relid is null
      )
      select schema_name::text, table_name::text,
             coalesce(sum(inserted), 0)::float8 as inserted,
             coalesce(sum(updated), 0)::float8 as updated,
             coalesce(sum(deleted), 0)::float8 as deleted,
             coalesce(least(sum(inserted), sum(deleted),
                            sum(inserted) + sum(deleted) - max(inserted + deleted)), 0)::float8
               as movable,
             bool_or(rewritten) as rewritten
        from difference
       group by schema_name, table_name
      having sum(inserted) <> 0 or sum(updated) <> 0 or sum(deleted) <> 0 or bool_or(rewritten)
       order by schema_name, table_name
    `);
    return rows.map(({ schema_name, table_name, ...counts }) => ({
      table: new QualifiedName(schema_name, table_name),
      ...counts,
    }));
  }
}

interface ChangeRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly movable: number;
  readonly rewritten: boolean;
}
