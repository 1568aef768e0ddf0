import type { Catalog } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import type { Clock } from '../kernel/ports.ts';
import type { ReportProgress } from '../kernel/progress.ts';

/** What a scan works in. */
export interface ScanScope {
  /** In a transaction of `inScanTransaction`. */
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Ends the trials of passwords; statements end with the connection. */
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
}
