import { type Catalog, tableByOid } from '../catalog/model.ts';
import type { Closure } from './closure.ts';
import { checkMs } from './estimate.ts';
import type { PlanCounts } from './plan.ts';
import { rowsOf } from './row-numbers.ts';
import { indexStatement } from './warnings.ts';

/** A foreign key whose checks read the whole child, for want of an index. */
export interface ScannedKey {
  readonly child: string;
  readonly parent: string;
  readonly removed: number;
  readonly childRows: number;
  readonly scanningMs: number;
  readonly remedy: string;
}

/** The foreign keys that DELETE would check by scans, with what that would cost. */
export function scannedKeys(
  catalog: Catalog,
  closure: Closure,
  counts: PlanCounts,
): readonly ScannedKey[] {
  return closure.edges
    .filter(({ foreignKey }) => foreignKey.enforced && !foreignKey.indexed)
    .map(({ foreignKey, parent }) => {
      const child = tableByOid(catalog, foreignKey.child);
      const removed = counts.doomed.get(parent) ?? 0;
      const childRows = rowsOf(child, counts);
      return {
        child: child.name.toString(),
        parent: parent.name.toString(),
        removed,
        childRows,
        scanningMs: checkMs({ parents: removed, childRows, indexed: false }),
        remedy: indexStatement(child, foreignKey.childColumns),
      };
    })
    .filter(({ removed }) => removed > 0);
}
