import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import { GUARD_COMMENT } from '../planner/guard.ts';
import { withRights } from './ledger-errors.ts';
import { archivesTable, type LedgerNames, ledgerTable } from './names.ts';
import { roleNames } from './roles-sql.ts';

/** What hygiene has in a database. Names are quoted for SQL. */
export interface InstalledObjects {
  readonly database: string;
  readonly guards: readonly InstalledGuard[];
  /** Tables of the archive schema. */
  readonly archives: readonly string[];
  readonly views: readonly string[];
  readonly tables: readonly string[];
  /** With their argument types. Those of triggers are needed by tables, the others need tables. */
  readonly functions: readonly { readonly signature: string; readonly isTrigger: boolean }[];
  readonly schemas: readonly string[];
  /** Not quoted. */
  readonly roles: readonly string[];
}

/** A constraint or trigger on a table of the application, known by its comment. */
export interface InstalledGuard {
  readonly form: 'constraint' | 'trigger';
  readonly table: string;
  readonly name: string;
  /** Of a trigger, with its argument types. */
  readonly function: string | null;
}

export async function installedObjects(
  connection: Connection,
  names: LedgerNames,
): Promise<InstalledObjects> {
  const { schema, archiveSchema } = names;
  const roles = Object.values(roleNames(names));
  const { objects } = await queryOne<{ objects: InstalledObjects }>(
    connection,
    sql`
    with ours as (
      select oid, nspname from pg_namespace where nspname in (${schema}, ${archiveSchema})
    ), relations as (
      select format('%I.%I', n.nspname, c.relname) as name, n.nspname, c.relkind
        from pg_class as c join ours as n on n.oid = c.relnamespace
    ), functions as (
      select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as signature,
             p.prorettype = 'trigger'::regtype as "isTrigger"
        from pg_proc as p join ours as n on n.oid = p.pronamespace
    ), guards as (
      select 'constraint' as form, format('%I.%I', n.nspname, c.relname) as table,
             quote_ident(k.conname) as name, null as function
        from pg_constraint as k
        join pg_class as c on c.oid = k.conrelid
        join pg_namespace as n on n.oid = c.relnamespace
       where starts_with(obj_description(k.oid, 'pg_constraint'), ${GUARD_COMMENT})
       union all
      select 'trigger', format('%I.%I', n.nspname, c.relname), quote_ident(t.tgname),
             format('%I.%I()', f.nspname, p.proname)
        from pg_trigger as t
        join pg_class as c on c.oid = t.tgrelid
        join pg_namespace as n on n.oid = c.relnamespace
        join pg_proc as p on p.oid = t.tgfoid
        join pg_namespace as f on f.oid = p.pronamespace
       where starts_with(obj_description(t.oid, 'pg_trigger'), ${GUARD_COMMENT})
    )
    select json_build_object(
      'database', current_database(),
      'guards', array(select to_json(g) from guards as g order by g.table, g.name),
      'archives', array(select name from relations
                         where nspname = ${archiveSchema} and relkind = 'r' order by name),
      'views', array(select name from relations
                      where nspname = ${schema} and relkind = 'v' order by name),
      'tables', array(select name from relations
                       where nspname = ${schema} and relkind = 'r' order by name),
      'functions', array(select to_json(f) from functions as f order by f.signature),
      'schemas', array(select quote_ident(nspname) from ours order by nspname desc),
      'roles', array(select rolname from pg_roles where rolname = any(${roles}::text[]) order by rolname)
    ) as objects
  `,
  );
  return objects;
}

export interface ArchivedRows {
  readonly tables: number;
  readonly rows: number;
}

/** What could still be put back; nothing where there is no ledger. */
export function archivedRows(connection: Connection, names: LedgerNames): Promise<ArchivedRows> {
  return withRights(names, 'reader', async () => {
    const { installed } = await queryOne<{ installed: boolean }>(
      connection,
      sql`select to_regclass(${ledgerTable(names).quoted}) is not null as installed`,
    );
    if (!installed) return { tables: 0, rows: 0 };
    return queryOne<ArchivedRows>(
      connection,
      sql`
      select count(*)::float8 as tables, coalesce(sum(rows), 0)::float8 as rows
        from ${archivesTable(names)}
       where rows > 0
    `,
    );
  });
}
