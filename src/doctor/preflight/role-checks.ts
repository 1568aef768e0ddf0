import { type Connection, queryOne } from '../../database/connection.ts';
import { quoteIdentifier } from '../../kernel/identifiers.ts';
import { sql } from '../../kernel/sql.ts';
import { ledgerTable, type LedgerNames } from '../../ledger/names.ts';
import { type Check, ok, problem, warn } from './check.ts';

export interface RoleFacts {
  readonly role: string;
  readonly superuser: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  /** Rights on every table, through a role that it is a member of. */
  readonly writesAll: boolean;
  readonly mayCreateSchemas: boolean;
  readonly ledger: {
    readonly owns: boolean;
    readonly reads: boolean;
    readonly appends: boolean;
  } | null;
}

export async function readRole(connection: Connection, names: LedgerNames): Promise<RoleFacts> {
  const ledger = ledgerTable(names);
  return queryOne<RoleFacts>(
    connection,
    sql`
    select r.rolname::text as role,
           r.rolsuper as superuser,
           r.rolcreaterole as "createRole",
           r.rolcreatedb as "createDatabase",
           r.rolreplication as replication,
           r.rolbypassrls as "bypassRls",
           coalesce((select pg_has_role(w.oid, 'usage') from pg_roles w
                      where w.rolname = 'pg_write_all_data'), false) as "writesAll",
           has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
           (select json_build_object(
                     'owns', pg_has_role(c.relowner, 'usage'),
                     'reads', has_schema_privilege(n.oid, 'usage')
                              and has_table_privilege(c.oid, 'select'),
                     'appends', has_table_privilege(c.oid, 'insert'))
              from pg_class c
              join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = ${ledger.schema} and c.relname = ${ledger.name}) as ledger
      from pg_roles r
     where r.rolname = current_user
  `,
  );
}

/** Whether the role may do more than a run needs, and whether it can keep the ledger. */
export function roleChecks(facts: RoleFacts, names: LedgerNames): readonly Check[] {
  return [moreThanNeeded(facts), ledgerCheck(facts, names)];
}

function moreThanNeeded(facts: RoleFacts): Check {
  const { role } = facts;
  if (facts.superuser) {
    return warn(
      'role',
      `${role} is a superuser: it could rewrite the ledger and switch off what protects the data.`,
      'Run as a role of its own; `hygiene init --print-sql` prints the grants that it needs.',
    );
  }
  const surplus = [
    [facts.createRole, 'CREATEROLE', 'nocreaterole'],
    [facts.createDatabase, 'CREATEDB', 'nocreatedb'],
    [facts.replication, 'REPLICATION', 'noreplication'],
    [facts.bypassRls, 'BYPASSRLS (needed only where row-level security hides rows)', 'nobypassrls'],
  ] as const;
  const given = surplus.filter(([has]) => has);
  const all = facts.writesAll ? ['pg_write_all_data (rights on every table)'] : [];
  if (given.length + all.length === 0)
    return ok('role', `${role} has no attribute that a run does not need.`);
  return warn(
    'role',
    `${role} has more than a run needs: ${[...given.map(([, name]) => name), ...all].join(', ')}.`,
    ...(given.length === 0
      ? []
      : [`alter role ${quoteIdentifier(role)} ${given.map(([, , off]) => off).join(' ')};`]),
    ...(facts.writesAll ? [`revoke pg_write_all_data from ${quoteIdentifier(role)};`] : []),
  );
}

function ledgerCheck(
  { role, ledger, superuser, mayCreateSchemas }: RoleFacts,
  names: LedgerNames,
): Check {
  if (ledger === null) {
    return mayCreateSchemas
      ? ok('ledger', 'Not installed yet; the first `up` makes it.')
      : problem(
          'ledger',
          `Not installed, and ${role} may not create schemas in this database.`,
          'Give the owner of the database the script of `hygiene init --print-sql`.',
        );
  }
  if (!ledger.reads || !ledger.appends) {
    return problem(
      'ledger',
      `${role} may not ${ledger.reads ? 'append to' : 'read'} the ledger.`,
      '`hygiene init --print-sql` prints the grants that it needs.',
    );
  }
  if (ledger.owns && !superuser) {
    return warn(
      'ledger',
      `${role} owns the ledger, so it could change what it has recorded.`,
      `alter table ${ledgerTable(names).quoted} owner to another role, and grant this one select and insert.`,
    );
  }
  return ok('ledger', `${role} may read it and append to it.`);
}
