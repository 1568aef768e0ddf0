import type { TriedPasswords } from './scan-result.ts';
import type { ScanScope } from './scan.ts';
import type { TableState } from './scan-state.ts';

export async function tryPasswords(
  _scope: ScanScope,
  _table: TableState,
  _budgetMs: number,
): Promise<readonly TriedPasswords[]> {
  return Promise.resolve([]);
}
