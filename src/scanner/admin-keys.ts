import { type Catalog, type ForeignKey, type Table, tableByOid } from '../catalog/model.ts';
import { references } from '../catalog/references.ts';
import type { Connection } from '../database/connection.ts';
import { joinSql, type Sql, sql } from '../kernel/sql.ts';
import { isAdminTable, isAdminValue } from './roles/admin.ts';
import { columnOf, keyText } from './row-key.ts';
import { only, readableColumns } from './sample-table.ts';
import type { ScannedTable } from './scanned-table.ts';

/** A column of roles has few different values; more, and it is something else. */
const MOST_ROLES = 200;
const ROLE_TABLE = /rol|group|grup|gruppe|profil|perfil|permission|privileg|rights|authorit/i;

/**
 * The keys of the administrators of a table of accounts: by a column of theirs, by a table of roles that
 * they reference or are joined to, or all of them where the table holds nobody else.
 */
export async function adminKeys(
  connection: Connection,
  catalog: Catalog,
  scanned: ScannedTable,
): Promise<ReadonlySet<string>> {
  const { table } = scanned;
  if (isAdminTable(table.name.name)) return keysWhere(connection, table, sql`true`);
  const conditions: Sql[] = [];
  for (const [column, role] of scanned.roles) {
    if (role !== 'role') continue;
    const values = await adminValues(connection, table, column);
    if (values.length > 0)
      conditions.push(sql`${columnOf('t', column)}::text = any(${values}::text[])`);
  }
  for (const grant of grantsOf(catalog, table)) {
    const condition = await grantedAdmin(connection, grant);
    if (condition !== null) conditions.push(condition);
  }
  if (conditions.length === 0) return new Set();
  return keysWhere(connection, table, joinSql(conditions, ' or '));
}

async function keysWhere(
  connection: Connection,
  table: Table,
  condition: Sql,
): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ key: string }>(sql`
    select ${keyText(table, 't')} as key
      from ${only(table)} as t
     where ${condition}
  `);
  return new Set(rows.map(({ key }) => key));
}

async function adminValues(
  connection: Connection,
  table: Table,
  column: string,
): Promise<readonly string[]> {
  const value = sql`${columnOf('t', column)}::text`;
  const { rows } = await connection.query<{ value: string }>(sql`
    select distinct ${value} as value
      from ${only(table)} as t
     where ${value} is not null
     limit ${MOST_ROLES + 1}::int
  `);
  if (rows.length > MOST_ROLES) return [];
  return rows.map((row) => row.value).filter((each) => isAdminValue(column, each));
}

/** How accounts come by their roles. */
interface Grant {
  readonly roles: Table;
  /** From the accounts, or from the table between, to the roles. */
  readonly toRoles: ForeignKey;
  /** Where a table stands between: that table, and its key to the accounts. */
  readonly between: { readonly table: Table; readonly toAccounts: ForeignKey } | null;
}

function grantsOf(catalog: Catalog, accounts: Table): readonly Grant[] {
  const isOfRoles = ({ parent }: ForeignKey): boolean =>
    parent !== accounts.oid && ROLE_TABLE.test(tableByOid(catalog, parent).name.name);
  const toRoles = catalog.foreignKeys.filter(isOfRoles);
  return toRoles.flatMap((key): readonly Grant[] => {
    const roles = tableByOid(catalog, key.parent);
    if (key.child === accounts.oid) return [{ roles, toRoles: key, between: null }];
    return catalog.foreignKeys
      .filter(({ child, parent }) => child === key.child && parent === accounts.oid)
      .map((toAccounts) => ({
        roles,
        toRoles: key,
        between: { table: tableByOid(catalog, key.child), toAccounts },
      }));
  });
}

/** The condition on `t`, the accounts; null where no role of the table is one of administrators. */
async function grantedAdmin(
  connection: Connection,
  { roles, toRoles, between }: Grant,
): Promise<Sql | null> {
  const texts = readableColumns(roles).filter(({ type }) => /char|text|USER|"/.test(type));
  if (texts.length === 0) return null;
  const { rows } = await connection.query<{ key: string; values: (string | null)[] }>(sql`
    select ${keyText(roles, 'r')} as key,
           array[${joinSql(
             texts.map(({ name }) => sql`left(${columnOf('r', name)}::text, 100)`),
             ', ',
           )}] as values
      from ${roles.name} as r
     limit ${MOST_ROLES}::int
  `);
  const admins = rows.filter(({ values }) =>
    values.some((value) => value !== null && isAdminValue('role', value)),
  );
  if (admins.length === 0) return null;
  const granted = between === null ? 't' : 'g';
  const isAdminRole = sql`
    exists (select from ${roles.name} as r
             where ${references(toRoles, granted, 'r')}
               and ${keyText(roles, 'r')} = any(${admins.map(({ key }) => key)}::text[]))
  `;
  if (between === null) return isAdminRole;
  return sql`
    exists (select from ${between.table.name} as g
             where ${references(between.toAccounts, 'g', 't')} and ${isAdminRole})
  `;
}
