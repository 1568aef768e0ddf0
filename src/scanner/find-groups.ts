import type { ScanScope } from './scan.ts';
import type { ScanState } from './scan-state.ts';

/** What only shows in several rows of a table together. */
export async function findGroups(_scope: ScanScope, _state: ScanState): Promise<void> {
  await Promise.resolve();
}
