import { type Connection, queryOne } from '../database/connection.ts';
import { type Sql, sql } from '../kernel/sql.ts';
import type { KeyWindowFacts, TableWindowFacts, WindowFacts } from './window-facts.ts';

/** Reads the facts of these tables and of every foreign key that leads from or to one of them. */
export async function readWindowFacts(
  connection: Connection,
  tables: readonly number[],
): Promise<WindowFacts> {
  const { facts } = await queryOne<{ facts: Facts }>(
    connection,
    sql`
      with chosen as materialized (
        select unnest(${tables}::bigint[]::oid[]) as oid
      )
      select json_build_object(
        'serverVersion', current_setting('server_version_num')::int,
        'tables', (select coalesce(json_agg(fact), '[]') from (${tableFacts}) as fact),
        'keys', (select coalesce(json_agg(fact), '[]') from (${keyFacts}) as fact)
      ) as facts
    `,
  );
  return {
    serverVersion: facts.serverVersion,
    tables: new Map(facts.tables.map((each) => [each.oid, each])),
    keys: new Map(facts.keys.map((each) => [each.oid, each])),
  };
}

/**
 * `indisunique and not indisvalid`: it refuses new duplicates, but older rows may hold some. Publications
 * by the function behind `pg_publication_tables`: the view takes longer to plan than all the rest.
 */
const tableFacts: Sql = sql`
  select chosen.oid::int8 as "oid",
         (select coalesce(json_agg(w.rulename order by w.rulename), '[]')
            from pg_rewrite w
           where w.ev_class = chosen.oid and w.ev_type <> '1' and w.ev_enabled <> 'D') as "rules",
         (select coalesce(json_agg(p.pubname order by p.pubname), '[]')
            from pg_publication p
            cross join lateral pg_get_publication_tables(p.pubname::text) as published
           where published.relid = chosen.oid) as "publications",
         (select coalesce(json_agg(unproven.name order by unproven.name), '[]')
            from (select k.conname as name
                    from pg_constraint k
                   where k.conrelid = chosen.oid and k.contype <> 'f' and not k.convalidated
                   union all
                  select k.conname
                    from pg_attribute a
                    join pg_constraint k on k.contypid = a.atttypid
                   where a.attrelid = chosen.oid and not a.attisdropped and not k.convalidated
                   union all
                  select i.indexrelid::regclass::text
                    from pg_index i
                   where i.indrelid = chosen.oid and i.indisunique and not i.indisvalid
                 ) as unproven) as "unproven",
         (select coalesce(json_agg(a.attname order by a.attnum), '[]')
            from pg_attribute a
           where a.attrelid = chosen.oid and a.attnum > 0 and a.attnotnull
             and not exists (select from pg_constraint k
                              where k.conrelid = a.attrelid and k.contype = 'n'
                                and k.conkey[1] = a.attnum and not k.convalidated)) as "neverNull",
         exists (select from pg_inherits i where i.inhrelid = chosen.oid) as "inherits"
    from chosen
`;

const keyFacts: Sql = sql`
  select f.oid::int8 as "oid",
         pg_get_constraintdef(f.oid) as "definition",
         obj_description(f.oid, 'pg_constraint') as "comment",
         exists (select from pg_trigger t
                  where t.tgconstraint = f.oid and t.tgenabled <> 'O') as "isSwitchedOff",
         exists (select from pg_constraint copy where copy.conparentid = f.oid) as "hasCopies",
         (select pg_get_userbyid(c.relowner) from pg_class c
           where c.oid = f.conrelid and not pg_has_role(c.relowner, 'usage')) as "foreignOwner"
    from pg_constraint f
   where f.contype = 'f'
     and f.conparentid = 0
     and (f.conrelid in (select oid from chosen) or f.confrelid in (select oid from chosen))
`;

interface Facts {
  readonly serverVersion: number;
  readonly tables: readonly (TableWindowFacts & { readonly oid: number })[];
  readonly keys: readonly (KeyWindowFacts & { readonly oid: number })[];
}
