import { quoteLiteral } from '../kernel/identifiers.ts';
import type { InstalledGuard, InstalledObjects } from './installed-objects.ts';

/** Everything of hygiene, in an order in which it can go. What somebody else has put there stops it. */
export function uninstallSql(objects: InstalledObjects): string {
  const { functions } = objects;
  const dropFunctions = (isTrigger: boolean): readonly string[] =>
    functions
      .filter((each) => each.isTrigger === isTrigger)
      .map(({ signature }) => `drop function ${signature};`);
  return [
    ...section('Seed guards, on tables of the application', objects.guards.map(dropGuard)),
    ...section('Archived rows', objects.archives.map(dropTable)),
    ...section('The ledger', [
      ...objects.views.map((view) => `drop view ${view};`),
      ...dropFunctions(false),
      ...objects.tables.map(dropTable),
      ...dropFunctions(true),
      ...objects.schemas.map((schema) => `drop schema ${schema};`),
    ]),
    ...section(
      'Roles, with the rights that they were given in this database',
      objects.roles.map(dropRole),
    ),
  ].join('\n');
}

function section(title: string, statements: readonly string[]): readonly string[] {
  return statements.length === 0 ? [] : [`-- ${title}`, ...statements, ''];
}

function dropTable(table: string): string {
  return `drop table ${table};`;
}

function dropGuard({ form, table, name, function: called }: InstalledGuard): string {
  if (form === 'constraint') return `alter table ${table} drop constraint ${name};`;
  const trigger = `drop trigger ${name} on ${table};`;
  return called === null ? trigger : `${trigger}\ndrop function ${called};`;
}

/** DROP OWNED takes back rights, but would also drop what the role owns: so only where that is nothing. */
function dropRole(role: string): string {
  const name = quoteLiteral(role);
  return `do $do$
begin
  if exists (
    select
      from pg_catalog.pg_shdepend as d
      join pg_catalog.pg_roles as r on r.oid = d.refobjid
     where r.rolname = ${name}
       and d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
       and d.deptype = 'o'
       and d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  ) then
    raise notice 'role % owns something else here, and stays', ${name};
    return;
  end if;
  if not pg_catalog.pg_has_role(${name}, 'usage') then
    execute pg_catalog.format('grant %I to current_user', ${name});
  end if;
  execute pg_catalog.format('drop owned by %I', ${name});
  begin
    execute pg_catalog.format('drop role %I', ${name});
  exception
    when dependent_objects_still_exist then
      raise notice 'role % is used by another database of this server, and stays', ${name};
  end;
end
$do$;`;
}
