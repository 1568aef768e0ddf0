import { cutToBytes, quoteIdentifier, quoteLiteral } from '../kernel/identifiers.ts';
import type { LedgerNames } from './names.ts';

/** The roles of one ledger; each is granted to people and services, and none can log in. */
export interface RoleNames {
  /** Owns both schemas and all that is in them. */
  readonly owner: string;
  /** Records events, archives and puts back. */
  readonly runner: string;
  /** Reads the ledger, and proves it. */
  readonly reader: string;
}

/** What a name may have, but for the longest ending. */
const STEM_BYTES_MAX = 63 - '_runner'.length;

/** Roles belong to the whole server, so they are named after the schema: two ledgers share none. */
export function roleNames({ schema }: LedgerNames): RoleNames {
  const stem = cutToBytes(schema, STEM_BYTES_MAX);
  return { owner: `${stem}_owner`, runner: `${stem}_runner`, reader: `${stem}_reader` };
}

const COMMENTS: Readonly<Record<keyof RoleNames, string>> = {
  owner: 'hygiene: owns the ledger and the archive. Grant it to DBAs only.',
  runner:
    'hygiene: records events, archives rows and puts them back. Grant it to the role of the deploy pipeline.',
  reader:
    'hygiene: reads the ledger and proves it, but sees no archived row. Grant it to auditors.',
};

/**
 * Makes the roles and gives them what is there, whoever owned it. It can be run again at any time, by a
 * superuser, or by a role with CREATEROLE and CREATE on the database that owns the schemas.
 */
export function rolesSql(names: LedgerNames): string {
  const roles = roleNames(names);
  return [createRolesSql(roles), ownSql(names, roles), grantsSql(names, roles)].join('\n');
}

function createRolesSql(roles: RoleNames): string {
  const wanted = (['owner', 'runner', 'reader'] as const).map(
    (role) => `(${quoteLiteral(roles[role])}, ${quoteLiteral(COMMENTS[role])})`,
  );
  const become = `case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end`;
  return `
do $do$
declare
  wanted record;
begin
  for wanted in
    select *
      from (values
        ${wanted.join(',\n        ')}
      ) as roles (name, comment)
     where name not in (select rolname from pg_catalog.pg_roles)
  loop
    begin
      execute pg_catalog.format('create role %I nologin', wanted.name);
      execute pg_catalog.format('comment on role %I is %L', wanted.name, wanted.comment);
    exception
      -- Another database of this server has just made it.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
  -- Who gives something away must be able to become its new owner.
  if not pg_catalog.pg_has_role(${quoteLiteral(roles.owner)}, ${become}) then
    grant ${quoteIdentifier(roles.owner)} to current_user;
  end if;
end
$do$;
`;
}

function ownSql(names: LedgerNames, roles: RoleNames): string {
  const schemas = [names.schema, names.archiveSchema].map(quoteLiteral).join(', ');
  return `
do $do$
declare
  change text;
begin
  for change in
    select pg_catalog.format('alter schema %I owner to ', n.nspname)
      from pg_catalog.pg_namespace as n
     where n.nspname in (${schemas}) and n.nspowner <> ${regrole(roles.owner)}
    union all
    select pg_catalog.format(
             'alter %s %I.%I owner to ',
             case c.relkind when 'v' then 'view' else 'table' end, n.nspname, c.relname
           )
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where n.nspname in (${schemas}) and c.relkind in ('r', 'v') and c.relowner <> ${regrole(roles.owner)}
    union all
    select pg_catalog.format('alter function %s owner to ', p.oid::pg_catalog.regprocedure)
      from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
     where n.nspname in (${schemas}) and p.proowner <> ${regrole(roles.owner)}
  loop
    execute change || pg_catalog.quote_ident(${quoteLiteral(roles.owner)});
  end loop;
end
$do$;
`;
}

function regrole(role: string): string {
  return `${quoteLiteral(quoteIdentifier(role))}::pg_catalog.regrole`;
}

function grantsSql(names: LedgerNames, roles: RoleNames): string {
  const schema = quoteIdentifier(names.schema);
  const archive = quoteIdentifier(names.archiveSchema);
  const runner = quoteIdentifier(roles.runner);
  const reader = quoteIdentifier(roles.reader);
  return `
grant usage on schema ${schema} to ${reader}, ${runner};
grant select on all tables in schema ${schema} to ${reader}, ${runner};
grant execute on function ${schema}.verify_ledger(), ${schema}.event_hash(${schema}.ledger) to ${reader};
grant execute on function ${schema}.ledger_witness() to ${reader};
grant insert on ${schema}.ledger, ${schema}.guards to ${runner};
grant insert, update, delete on ${schema}.archives, ${schema}.progress to ${runner};
grant execute on all functions in schema ${schema} to ${runner};
grant usage on schema ${archive} to ${runner};
grant select, insert on all tables in schema ${archive} to ${runner};
`;
}
