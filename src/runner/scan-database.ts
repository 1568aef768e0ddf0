import { introspect } from '../catalog/introspect.ts';
import type { Table } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { TableReference } from '../planner/steps.ts';
import { scan, type ScanSettings } from '../scanner/scan.ts';
import type { ScanResult } from '../scanner/scan-result.ts';
import { inScanTransaction } from '../scanner/scan-transaction.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { scanExclusions } from './scan-exclusions.ts';

export interface ScanOptions extends Pick<
  ScanSettings,
  'minScore' | 'passwordBudgetMs' | 'wholeUpToBytes' | 'withRules'
> {
  /** Null: all that is not ours. */
  readonly tables: readonly TableReference[] | null;
}

/** Rows of one table that are kept in memory; a table with more is seed data beyond doubt. */
const ROWS_KEPT = 100_000;

/**
 * Looks for seed data, in one transaction that can change nothing.
 * @throws HygieneError HYG_PLAN_UNKNOWN_TABLE for a table that is not there
 */
export async function scanDatabase(engine: Engine, options: ScanOptions): Promise<ScanResult> {
  const { session, names, settings, clock, signal, progress } = engine;
  const { connection } = session;
  return inScanTransaction(connection, transactionSettings(engine), async () => {
    const catalog = await introspect(connection, {
      excludeSchemas: [names.schema, names.archiveSchema],
    });
    const { tables: wanted, ...given } = options;
    const tables: readonly Table[] | null =
      wanted?.map((reference) => resolveTable(catalog, reference)) ?? null;
    const exclusions = await scanExclusions(connection, catalog, settings);
    return scan(
      { connection, catalog, clock, signal, progress },
      { ...given, tables, rowsKept: ROWS_KEPT, exclusions },
    );
  });
}
