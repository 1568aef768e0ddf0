import type { Catalog } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { ProtectedSet } from '../executor/protected-set.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sqlExcerpt } from '../kernel/sql.ts';
import type { RowSet } from '../planner/steps.ts';

/**
 * The protected sets of the config in this database. A set whose table is missing protects nothing,
 * which must not go unnoticed.
 */
export function resolveProtectedSets(
  catalog: Catalog,
  declared: readonly RowSet[],
): readonly ProtectedSet[] {
  return declared.map((rows) => {
    try {
      const table = resolveTable(catalog, rows.table);
      const condition = sqlExcerpt(rows.predicate);
      const label = rows.mode === 'keep' ? `all but ${condition}` : condition;
      return { label: `${table.name.toString()} where ${label}`, table, rows };
    } catch (error) {
      if (!(error instanceof HygieneError)) throw error;
      throw new HygieneError(error.code, {
        message: `A protected set of hygiene/config cannot be found: ${error.message}`,
        hint: 'Correct `protect` in hygiene/config, or remove the set.',
        cause: error,
      });
    }
  });
}
