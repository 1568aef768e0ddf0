import { type Connection, queryOne } from '../database/connection.ts';
import { hasCitus, readCitusTables } from '../database/dialect/citus.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { CatalogFacts } from './catalog-facts.ts';
import type { Catalog } from './model.ts';
import { parseCatalog } from './parse-catalog.ts';

export interface IntrospectOptions {
  /** Schemas to leave out besides PostgreSQL's own, such as the ledger's. */
  readonly excludeSchemas?: readonly string[];
}

/**
 * Reads everything that planning needs to know about the database: one statement, one snapshot.
 * Works on PostgreSQL 14 to 18; what an older server does not know is read as its absence.
 * @throws HygieneError HYG_REFUSED_CLUSTER on a worker node of a cluster
 */
export async function introspect(
  connection: Connection,
  options: IntrospectOptions = {},
): Promise<Catalog> {
  const { facts } = await queryOne<{ facts: CatalogFacts }>(
    connection,
    statement(options.excludeSchemas ?? []),
  );
  const citus = facts.hasCitus ? await readCitusTables(connection) : [];
  return parseCatalog({ ...facts, citus });
}

function statement(excludeSchemas: readonly string[]): Sql {
  return sql`
    with relation as materialized (${relations(excludeSchemas)})
    select json_build_object(
      'searchPath', to_json(current_schemas(false)),
      'relations', ${list(sql`select * from relation`)},
      'columns', ${list(columns)},
      'indexes', ${list(indexes)},
      'inheritance', ${list(inheritance)},
      'triggers', ${list(triggers)},
      'deleteRules', ${list(deleteRules)},
      'foreignKeys', ${list(foreignKeys)},
      'unreplicable', ${list(unreplicable)},
      'hasCitus', ${hasCitus}
    ) as facts
  `;
}

/** One JSON list for each topic: the same types whichever driver reads it. */
function list(topic: Sql): Sql {
  return sql`(select coalesce(json_agg(fact), '[]') from (${topic}) as fact)`;
}

/** PostgreSQL keeps names that begin with `pg_` for its own schemas, temporary ones among them. */
function relations(excludeSchemas: readonly string[]): Sql {
  return sql`
    select c.oid::int8 as "oid",
           n.nspname as "schema",
           c.relname as "name",
           c.relkind as "kind",
           c.relpersistence as "persistence",
           c.relispartition as "isPartition",
           c.reltuples::float8 as "rows",
           row_security_active(c.oid) as "rowSecurity",
           pg_has_role(c.relowner, 'usage') as "owner",
           has_schema_privilege(n.oid, 'usage') as "usage",
           has_table_privilege(c.oid, 'select') as "select",
           has_table_privilege(c.oid, 'insert') as "insert",
           has_table_privilege(c.oid, 'update') as "update",
           has_table_privilege(c.oid, 'delete') as "delete",
           has_table_privilege(c.oid, 'truncate') as "truncate",
           has_table_privilege(c.oid, 'references') as "references"
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
       and n.nspname not like 'pg\_%'
       and n.nspname <> 'information_schema'
       and n.nspname <> all (${excludeSchemas}::text[])
  `;
}

/** A NOT NULL that is NOT VALID (PostgreSQL 18) refuses new NULLs, but older rows may hold some. */
const columns = sql`
  select a.attrelid::int8 as "table",
         a.attnum as "number",
         a.attname as "name",
         format_type(a.atttypid, a.atttypmod) as "type",
         a.attnotnull as "notNull",
         unproven.oid is not null as "mayHoldNull",
         a.atthasdef and a.attgenerated = '' as "hasDefault",
         a.attgenerated as "generated",
         a.attidentity as "identity"
    from relation r
    join pg_attribute a on a.attrelid = r.oid
    left join pg_constraint unproven
           on unproven.conrelid = a.attrelid
          and unproven.contype = 'n'
          and not unproven.convalidated
          and unproven.conkey[1] = a.attnum
   where a.attnum > 0
     and not a.attisdropped
   order by a.attrelid, a.attnum
`;

/** An expression has the column number 0; included columns are no part of the key. */
const indexes = sql`
  select i.indrelid::int8 as "table",
         to_json((i.indkey::int2[])[0 : i.indnkeyatts - 1]) as "columns",
         i.indisprimary as "primary",
         i.indisunique and i.indimmediate as "unique"
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_class c on c.oid = i.indexrelid
    join pg_am m on m.oid = c.relam
   where i.indisvalid
     and i.indpred is null
     and m.amname in ('btree', 'hash')
   order by i.indrelid, i.indnkeyatts, i.indexrelid
`;

const inheritance = sql`
  select i.inhrelid::int8 as "child",
         i.inhparent::int8 as "parent"
    from pg_inherits i
    join relation child on child.oid = i.inhrelid
    join relation parent on parent.oid = i.inhparent
   order by i.inhparent, i.inhrelid
`;

/** Triggers that people declared: not those of constraints, not the copies on partitions. */
const triggers = sql`
  select t.tgrelid::int8 as "table",
         t.tgname as "name",
         t.tgtype::int4 as "type",
         t.tgenabled as "enabled",
         n.nspname as "functionSchema",
         p.proname as "functionName"
    from relation r
    join pg_trigger t on t.tgrelid = r.oid
    join pg_proc p on p.oid = t.tgfoid
    join pg_namespace n on n.oid = p.pronamespace
   where not t.tgisinternal
     and t.tgparentid = 0
   order by t.tgrelid, t.tgname
`;

const deleteRules = sql`
  select w.ev_class::int8 as "table",
         w.rulename as "name"
    from relation r
    join pg_rewrite w on w.ev_class = r.oid
   where w.ev_type = '4'
     and w.ev_enabled <> 'D'
   order by w.ev_class, w.rulename
`;

/**
 * A foreign key from or to a partitioned table has a copy for each partition, and a copy has a
 * parent. `confdelsetcols` came with PostgreSQL 15, `conenforced` and `conperiod` with 18.
 */
const foreignKeys = sql`
  select f.oid::int8 as "oid",
         f.conname as "name",
         f.conrelid::int8 as "child",
         to_json(f.conkey) as "childColumns",
         f.confrelid::int8 as "parent",
         to_json(f.confkey) as "parentColumns",
         f.confdeltype as "onDelete",
         to_jsonb(f) -> 'confdelsetcols' as "setColumns",
         f.condeferrable as "deferrable",
         f.condeferred as "initiallyDeferred",
         f.convalidated as "validated",
         coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true) as "enforced",
         coalesce((to_jsonb(f) ->> 'conperiod')::boolean, false) as "period"
    from pg_constraint f
    join relation child on child.oid = f.conrelid
    join relation parent on parent.oid = f.confrelid
   where f.contype = 'f'
     and f.conparentid = 0
   order by f.oid
`;

/**
 * What is published of tables that have nothing to tell their rows by: PostgreSQL refuses it. A table of
 * partitions is refused what one of them is.
 */
const unreplicable = sql`
  with published as (
    select leaf.oid,
           bool_or(p.pubupdate) as "update",
           bool_or(p.pubdelete) as "delete"
      from pg_publication p
      cross join lateral pg_get_publication_tables(p.pubname::text) as listed
      cross join lateral (select listed.relid union select relid from pg_partition_tree(listed.relid)) as leaf (oid)
     group by leaf.oid
  )
  select affected.oid::int8 as "table",
         bool_or(published."update") as "update",
         bool_or(published."delete") as "delete"
    from published
    join pg_class c on c.oid = published.oid
    cross join lateral (select c.oid union select relid from pg_partition_ancestors(c.oid)) as affected (oid)
   where c.relkind = 'r'
     and c.relreplident <> 'f'
     and not exists (select from pg_index i
                      where i.indrelid = c.oid
                        and i.indisvalid
                        and i.indimmediate
                        and case c.relreplident
                              when 'd' then i.indisprimary
                              when 'i' then i.indisreplident
                            end)
   group by affected.oid
`;
