import type { Table } from '../catalog/model.ts';
import type { Closure } from '../planner/closure.ts';
import type { AccessFacts, Right } from '../policy/access.ts';

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

export function factsOf(table: Table, rights: readonly Right[]): AccessFacts {
  return {
    table: table.name.toString(),
    missing: rights.filter((right) => !table.privileges[right]),
    hiddenByRowSecurity: table.rowSecurity,
  };
}
