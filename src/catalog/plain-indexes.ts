import type { Connection } from '../database/connection.ts';
import { QualifiedName } from '../kernel/identifiers.ts';
import { sql } from '../kernel/sql.ts';

/** An index that its definition says all about, so that made anew it is the same. */
export interface PlainIndex {
  /** The oid of its table. */
  readonly table: number;
  readonly name: QualifiedName;
  /** The CREATE INDEX statement. */
  readonly definition: string;
  /** What ADD CONSTRAINT says before USING INDEX, and after it; null: it belongs to none. */
  readonly constraint: { readonly kind: string; readonly timing: string } | null;
}

/**
 * The indexes of these tables on which nothing hangs: no foreign key, view, comment, partition, extension,
 * replica identity or tablespace of their own. That of a primary key or unique constraint is among them if
 * nothing hangs on the constraint either. Those with expressions or a predicate are left out: CREATE INDEX
 * runs their functions with another search_path than INSERT does.
 */
export async function readPlainIndexes(
  connection: Connection,
  tables: readonly number[],
): Promise<readonly PlainIndex[]> {
  const { rows } = await connection.query<{
    table: number;
    schema: string;
    name: string;
    definition: string;
    kind: string | null;
    timing: string;
  }>(sql`
    select i.indrelid::int8::float8 as "table",
           n.nspname as "schema",
           c.relname as "name",
           pg_get_indexdef(c.oid) as "definition",
           case k.contype when 'p' then 'primary key' when 'u' then 'unique' end as "kind",
           concat_ws(' ', case when k.condeferrable then 'deferrable' end,
                          case when k.condeferred then 'initially deferred' end) as "timing"
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_constraint k
        on k.conrelid = i.indrelid and k.conindid = i.indexrelid and k.contype in ('p', 'u')
     where i.indrelid = any(${tables}::bigint[]::oid[])
       and c.relkind = 'i'
       and not c.relispartition
       and i.indisvalid
       and i.indisready
       and not i.indisexclusion
       and not i.indisclustered
       and not i.indisreplident
       and i.indexprs is null
       and i.indpred is null
       and c.reltablespace = 0
       and current_setting('default_tablespace') = ''
       and has_schema_privilege(n.oid, 'create')
       and obj_description(c.oid, 'pg_class') is null
       and obj_description(k.oid, 'pg_constraint') is null
       and not exists (select from pg_depend d
                        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid)
       and not exists (select from pg_depend d
                        where d.refclassid = 'pg_constraint'::regclass and d.refobjid = k.oid
                          and d.deptype <> 'i')
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid
                          and d.deptype not in ('n', 'a')
                          and (d.refclassid, d.refobjid) is distinct from ('pg_constraint'::regclass, k.oid))
     order by n.nspname, c.relname
  `);
  return rows.map(({ table, schema, name, definition, kind, timing }) => ({
    table,
    name: new QualifiedName(schema, name),
    definition,
    constraint: kind === null ? null : { kind, timing },
  }));
}
