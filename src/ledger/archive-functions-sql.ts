import { quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import type { LedgerNames } from './names.ts';

/**
 * How a role that owns nothing makes and drops tables of the archive schema. The first four functions work
 * with their owner's rights. Whoever may execute `create_archive` may read and fill what they make, and
 * nothing else: so one role that cleans can go on with the work of another.
 */
export function archiveFunctionsSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  return [
    createSql(names),
    dropSql(names),
    sourceSql(schema),
    shareSql(names),
    `
revoke all on function
  ${SIGNATURES.map((signature) => `${schema}.${signature}`).join(',\n  ')}
from public;
`,
  ].join('\n');
}

const SIGNATURES = [
  'create_archive(regclass, text, text)',
  'create_list(regclass, text[], text)',
  'drop_archive(text)',
  'drop_list(text)',
  'readable_table(regclass)',
  'share_archive(text)',
];

/** What an archive and a list are called: nothing else can be made or dropped. */
const ARCHIVE_NAME = '^[0-9]{14}_g[0-9]+_.+$';
const LIST_NAME = '^frozen_[0-9]{14}_g[0-9]+_[0-9]+$';

const AS_OWNER = `language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp`;

function assertName(argument: string, pattern: string): string {
  return `if ${argument} is null or ${argument} !~ ${quoteLiteral(pattern)} or octet_length(${argument}) > 63 then
    raise exception 'No table of the archive is called like this.'
      using errcode = 'invalid_name';
  end if;`;
}

function createSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  const archive = quoteLiteral(names.archiveSchema);
  return `
create or replace function ${schema}.create_archive(source regclass, archive text, kind text)
returns void
${AS_OWNER}
as $function$
begin
  ${assertName('archive', ARCHIVE_NAME)}
  if kind is null or kind not in ('rows', 'mutations') then
    raise exception 'The kind of an archive is rows or mutations.'
      using errcode = 'invalid_parameter_value';
  end if;
  execute format(
    'create table %I.%I as select * from %s with no data',
    ${archive}, archive, ${schema}.readable_table(source)
  );
  if kind = 'mutations' then
    execute format(
      'alter table %I.%I add column hygiene_after jsonb, '
        'add column hygiene_seq bigint generated always as identity',
      ${archive}, archive
    );
  end if;
  perform ${schema}.share_archive(archive);
end
$function$;

create or replace function ${schema}.create_list(source regclass, key text[], list text)
returns void
${AS_OWNER}
as $function$
declare
  columns text;
begin
  ${assertName('list', LIST_NAME)}
  select string_agg(format(', %I', name), '' order by position)
    into columns
    from unnest(key) with ordinality as named (name, position);
  execute format(
    'create table %I.%I as select null::bigint as hygiene_n%s from %s with no data',
    ${archive},
    list,
    coalesce(
      columns,
      ', tableoid as hygiene_tableoid, ctid as hygiene_ctid, xmin as hygiene_xmin'
    ),
    ${schema}.readable_table(source)
  );
  execute format('alter table %I.%I add primary key (hygiene_n)', ${archive}, list);
  perform ${schema}.share_archive(list);
end
$function$;
`;
}

function dropSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  const archive = quoteLiteral(names.archiveSchema);
  return `
create or replace function ${schema}.drop_archive(archive text) returns void
${AS_OWNER}
as $function$
begin
  ${assertName('archive', ARCHIVE_NAME)}
  execute format('drop table if exists %I.%I', ${archive}, archive);
end
$function$;

create or replace function ${schema}.drop_list(list text) returns void
${AS_OWNER}
as $function$
begin
  ${assertName('list', LIST_NAME)}
  execute format('drop table if exists %I.%I', ${archive}, list);
end
$function$;
`;
}

/** The setting "role" tells who called: inside, current_user is the owner of the function. */
function sourceSql(schema: string): string {
  return `
create or replace function ${schema}.readable_table(source regclass) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $function$
declare
  caller  name := coalesce(nullif(current_setting('role'), 'none')::name, session_user);
  found_table record;
begin
  select n.nspname, c.relname
    into found_table
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
   where c.oid = source and c.relkind in ('r', 'p', 'f');
  if not found then
    raise exception 'Only rows of a table can be archived.' using errcode = 'wrong_object_type';
  end if;
  if not has_table_privilege(caller, source, 'select') then
    raise exception 'permission denied for table %', found_table.relname
      using errcode = 'insufficient_privilege',
            hint = format('grant select on %I.%I to %I;', found_table.nspname, found_table.relname, caller);
  end if;
  if not has_schema_privilege(found_table.nspname, 'usage') then
    raise exception 'the owner of the archive may not use schema %', found_table.nspname
      using errcode = 'insufficient_privilege',
            hint = format('grant usage on schema %I to %I;', found_table.nspname, current_user);
  end if;
  return format('%I.%I', found_table.nspname, found_table.relname);
end
$function$;
`;
}

function shareSql(names: LedgerNames): string {
  const schema = quoteIdentifier(names.schema);
  const creator = quoteLiteral(`${schema}.create_archive(regclass,text,text)`);
  return `
create or replace function ${schema}.share_archive(archive text) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $function$
declare
  runner regrole;
begin
  for runner in
    select granted.grantee
      from pg_proc as p
      cross join lateral aclexplode(p.proacl) as granted
     where p.oid = ${creator}::regprocedure
       and granted.grantee not in (0, p.proowner)
  loop
    execute format(
      'grant select, insert on table %I.%I to %s', ${quoteLiteral(names.archiveSchema)}, archive, runner
    );
  end loop;
end
$function$;
`;
}
