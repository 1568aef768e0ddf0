import type { Catalog, Table } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { TableReference } from '../planner/steps.ts';
import { stepsOf } from './plannable-steps.ts';
import type { RunnableMigration } from './runnable.ts';

export interface NamedTables {
  readonly tables: readonly Table[];
  /** Names that this database has no table for. */
  readonly missing: readonly string[];
}

/** The tables that migrations and config name, and every table whose rows reference theirs. */
export function namedTables(
  catalog: Catalog,
  migrations: readonly RunnableMigration[],
  config: readonly TableReference[],
): NamedTables {
  const references = [...migrations.flatMap(referencesOf), ...config];
  const found = new Set<Table>();
  const missing = new Set<string>();
  for (const reference of references) {
    const table = lookUp(catalog, reference);
    if (table === null) missing.add([reference].flat().join('.'));
    else found.add(table);
  }
  // A set grows while it is walked, and the new ones are walked too.
  for (const { oid } of found) {
    for (const { child } of catalog.foreignKeysByParent.get(oid) ?? []) {
      const table = catalog.tables.get(child);
      if (table !== undefined) found.add(table);
    }
  }
  return { tables: [...found], missing: [...missing] };
}

function referencesOf(migration: RunnableMigration): readonly TableReference[] {
  return stepsOf(migration).flatMap((step) => (step.kind === 'unknown' ? [] : [step.rows.table]));
}

function lookUp(catalog: Catalog, reference: TableReference): Table | null {
  try {
    return resolveTable(catalog, reference);
  } catch (error) {
    if (error instanceof HygieneError) return null;
    throw error;
  }
}
