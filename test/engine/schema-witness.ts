import type { TestDatabase } from '../support/database.ts';

/**
 * Everything that `pg_dump -s` would print of the application's tables, and more: a line for each thing
 * that is declared, read from the catalog. Oids and files are left out: they may change.
 */
const DECLARED = `
  with app as (
    select n.nspname || '.' || c.relname as name, c.*
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^(pg_|information_schema|hygiene)' and c.relkind in ('r', 'p', 'S', 'i', 'I', 'v')
  )
  select concat_ws(' ', 'relation', name, relkind, relpersistence, relrowsecurity, relforcerowsecurity,
                   relreplident, relispartition, relowner::regrole, relacl, reloptions,
                   obj_description(oid, 'pg_class')) as line from app
  union all
  select concat_ws(' ', 'column', app.name, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attidentity, a.attgenerated, to_jsonb(a) ->> 'attstattarget', a.attstorage, a.attacl,
                   pg_get_expr(d.adbin, d.adrelid), col_description(app.oid, a.attnum))
    from app join pg_attribute a on a.attrelid = app.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = app.oid and d.adnum = a.attnum
  union all
  select concat_ws(' ', 'constraint', app.name, k.conname, k.contype, pg_get_constraintdef(k.oid), k.condeferrable,
                   k.condeferred, k.convalidated, to_jsonb(k) ->> 'conenforced', k.conislocal, k.coninhcount,
                   k.connoinherit, obj_description(k.oid, 'pg_constraint'))
    from app join pg_constraint k on k.conrelid = app.oid
  union all
  select concat_ws(' ', 'index', app.name, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered,
                   i.indisreplident, obj_description(i.indexrelid, 'pg_class'))
    from app join pg_index i on i.indrelid = app.oid
  union all
  select concat_ws(' ', 'trigger', app.name, case when t.tgisinternal then k.conname || ' ' || t.tgfoid::regproc
                   else pg_get_triggerdef(t.oid) end, t.tgtype, t.tgenabled, t.tgdeferrable, t.tginitdeferred)
    from app join pg_trigger t on t.tgrelid = app.oid
    left join pg_constraint k on k.oid = t.tgconstraint
  union all
  select concat_ws(' ', 'policy', app.name, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid))
    from app join pg_policy p on p.polrelid = app.oid
  union all
  select concat_ws(' ', 'rule', app.name, pg_get_ruledef(w.oid)) from app join pg_rewrite w on w.ev_class = app.oid
  union all
  select concat_ws(' ', 'statistics', app.name, pg_get_statisticsobjdef(s.oid), to_jsonb(s) ->> 'stxstattarget')
    from app join pg_statistic_ext s on s.stxrelid = app.oid
  union all
  select concat_ws(' ', 'publication', p.pubname, p.schemaname, p.tablename) from pg_publication_tables p
  union all
  select concat_ws(' ', 'sequence', s.schemaname, s.sequencename, s.last_value, s.increment_by) from pg_sequences s
   where s.schemaname !~ '^hygiene'
  union all
  select concat_ws(' ', 'inherits', i.inhrelid::regclass, i.inhparent::regclass, i.inhseqno) from pg_inherits i
  union all
  select concat_ws(' ', 'depends', pg_describe_object(d.classid, d.objid, d.objsubid),
                   pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid), d.deptype)
    from pg_depend d join app on d.refobjid = app.oid and d.refclassid = 'pg_class'::regclass
   where d.classid in ('pg_constraint'::regclass, 'pg_rewrite'::regclass, 'pg_proc'::regclass)
   order by 1`;

export async function declared(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ line: string }>(DECLARED);
  return rows.map(({ line }) => line);
}
