import type { CheckedDatabase } from '../../runner/check-database.ts';

/** Rows that should not be there, by table: what a scan found, or what pending migrations would remove. */
export function leftByTable({ plan, scan }: CheckedDatabase): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { table, kind } of scan.findings) {
    if (kind !== 'admin-default-password') add(found, table.name.toString(), 1);
  }
  const pending = new Map<string, number>();
  for (const step of plan?.migrations.flatMap(({ steps }) => steps) ?? []) {
    if (step.kind === 'scrub') add(pending, step.table, step.rows);
    if (step.kind !== 'purge') continue;
    for (const { table, doomed, changed } of step.plan.tables)
      add(pending, table, doomed + changed);
  }
  // A row may be both found and pending: the larger number is the one that is sure.
  const tables = [...new Set([...found.keys(), ...pending.keys()])];
  return new Map(
    tables.map((table) => [table, Math.max(found.get(table) ?? 0, pending.get(table) ?? 0)]),
  );
}

function add(counts: Map<string, number>, table: string, rows: number): void {
  if (rows > 0) counts.set(table, (counts.get(table) ?? 0) + rows);
}
