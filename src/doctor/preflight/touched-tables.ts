import { incomingForeignKeys } from '../../catalog/graph.ts';
import { type Catalog, type Table, tableByOid } from '../../catalog/model.ts';
import { resolveTable } from '../../catalog/resolve.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { TableReference } from '../../planner/steps.ts';

/** The tables that pending migrations name, and those that reference them, directly or through others. */
export interface TouchedTables {
  readonly named: readonly Table[];
  readonly all: readonly Table[];
  /** Why some of the names lead to no table. */
  readonly problems: readonly string[];
}

export function touchedTables(
  catalog: Catalog,
  references: readonly TableReference[],
): TouchedTables {
  const named = new Set<Table>();
  const problems = new Set<string>();
  for (const reference of references) {
    const table = tableOrProblem(catalog, reference);
    if (typeof table === 'string') problems.add(table);
    else named.add(table);
  }
  const all = new Set(named);
  // What is added while this goes on is visited too.
  for (const table of all) {
    for (const { child } of incomingForeignKeys(catalog, table))
      all.add(tableByOid(catalog, child));
  }
  return { named: [...named], all: [...all], problems: [...problems] };
}

function tableOrProblem(catalog: Catalog, reference: TableReference): Table | string {
  try {
    return resolveTable(catalog, reference);
  } catch (error) {
    if (error instanceof HygieneError) return error.message;
    throw error;
  }
}
