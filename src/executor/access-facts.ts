import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { sql } from '../kernel/sql.ts';
import type { Closure } from '../planner/closure.ts';
import { type AccessFacts, checkAccess, type Right } from '../policy/access.ts';
import { checkInheritance } from '../policy/inheritance.ts';
import { checkReplicaIdentity } from '../policy/replica-identity.ts';

/** The rights that a purge needs: to see and remove doomed rows, to see and change their referrers. */
export function accessFacts(closure: Closure): readonly AccessFacts[] {
  const needed = new Map<Table, Set<Right>>();
  const need = (table: Table, ...rights: readonly Right[]): void => {
    const known = needed.get(table) ?? new Set();
    rights.forEach((right) => known.add(right));
    needed.set(table, known);
  };
  // Row locks (FOR UPDATE) take the UPDATE right as well as SELECT.
  for (const table of closure.tables) need(table, 'select', 'update', 'delete');
  for (const edge of closure.edges) {
    if (edge.action === 'undeclared') need(edge.child, 'select');
    else if (edge.action !== 'purge') need(edge.child, 'select', 'update');
  }
  return [...needed].map(([table, rights]) => factsOf(table, [...rights]));
}

/** A table that loses rows, or one whose rows are changed. */
export interface TableChange {
  readonly table: Table;
  readonly change: 'delete' | 'update';
}

/** What happens to the tables that lose rows or references. */
export function changesOf(closure: Closure): readonly TableChange[] {
  const referring = closure.edges
    .filter(({ action }) => action === 'nullify' || action === 'default')
    .map(({ child }) => child);
  return [
    ...closure.tables.map((table) => ({ table, change: 'delete' as const })),
    ...[...new Set(referring)].map((table) => ({ table, change: 'update' as const })),
  ];
}

export function changedTables(closure: Closure): readonly Table[] {
  return [...new Set(changesOf(closure).map(({ table }) => table))];
}

/**
 * Whether the role may do what is needed with these tables, and the tables can be worked on at all.
 * @throws HygieneError HYG_REFUSED_RLS, HYG_REFUSED_PRIVILEGES, HYG_REFUSED_INHERITED,
 *   HYG_REFUSED_REPLICA_IDENTITY
 */
export function assertAccessible(
  { catalog, role }: { readonly catalog: Catalog; readonly role: string },
  facts: readonly AccessFacts[],
  changes: readonly TableChange[],
): void {
  const inherited = changes.map(({ table }) => {
    const inheritors = table.inheritanceChildren.map((oid) =>
      tableByOid(catalog, oid).name.toString(),
    );
    return checkInheritance(table.name.toString(), inheritors);
  });
  const refusals = [checkAccess(role, facts), ...inherited, checkReplicaIdentity(catalog, changes)];
  const refusal = refusals.find((each) => each !== null);
  if (refusal !== undefined) throw refusal;
}

export function factsOf(table: Table, rights: readonly Right[]): AccessFacts {
  return {
    table: table.name.toString(),
    missing: rights.filter((right) => !table.privileges[right]),
    hiddenByRowSecurity: table.rowSecurity,
  };
}

/**
 * Whether the role may do something with tables; who it is, is asked only to say so.
 * @throws HygieneError HYG_REFUSED_PRIVILEGES
 */
export async function assertRights(
  connection: Connection,
  needed: readonly { readonly table: Table; readonly rights: readonly Right[] }[],
): Promise<void> {
  const lacking = needed
    .map(({ table, rights }) => ({ ...factsOf(table, rights), hiddenByRowSecurity: false }))
    .filter(({ missing }) => missing.length > 0);
  if (lacking.length === 0) return;
  const { role } = await queryOne<{ role: string }>(
    connection,
    sql`select current_user::text as role`,
  );
  const refusal = checkAccess(role, lacking);
  if (refusal !== null) throw refusal;
}
