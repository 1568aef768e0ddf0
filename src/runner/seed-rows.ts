import type { Catalog, Table } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { noProgress } from '../kernel/progress.ts';
import { scan } from '../scanner/scan.ts';
import type { Engine } from './engine.ts';
import { scanExclusions } from './scan-exclusions.ts';

/** What a scan within a check takes from the run. */
export type ScanContext = Pick<Engine, 'clock' | 'signal'> & {
  readonly settings: Pick<Engine['settings'], 'protect' | 'suppress'>;
};

export interface SeedRows {
  readonly rows: number;
  /** Percent of the table's pages that were looked at. */
  readonly percent: number;
}

interface Wanted {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly table: Table;
  readonly minScore: number;
}

/** Larger tables are looked at in part: a check stands inside of a transaction that others may wait for. */
const WHOLE_UP_TO = 2 ** 30;
/** The rows of one table that are kept; that there are more says enough. */
const ROWS_KEPT = 10_000;

/**
 * Counts the rows of a table that look like seed data, in the transaction that is open. Passwords are
 * not tried, since that takes long.
 * @throws HygieneError HYG_VERIFY_ERROR where the table could not be looked at
 */
export async function countSeedRows(
  { clock, signal, settings }: ScanContext,
  { connection, catalog, table, minScore }: Wanted,
): Promise<SeedRows> {
  const { tables, findings, leftOut } = await scan(
    { connection, catalog, clock, signal, progress: noProgress },
    {
      tables: [table],
      minScore,
      wholeUpToBytes: WHOLE_UP_TO,
      passwordBudgetMs: 0,
      rowsKept: ROWS_KEPT,
      exclusions: await scanExclusions(connection, catalog, settings),
      withRules: false,
    },
  );
  const seen = tables.find((each) => each.table.oid === table.oid);
  const [failure = leftOut[0]?.reason] = seen?.failures ?? [];
  if (failure !== undefined || seen === undefined) throw notSeen(table, failure);
  return { rows: findings.length + seen.beyond, percent: seen.percent ?? 100 };
}

function notSeen({ name }: Table, failure = 'there is nothing to look at'): HygieneError {
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `${name.toString()} could not be looked at for seed data: ${failure}.`,
    hint: 'hygiene scan says more; or use expect.none(rows(…)) and name the rows.',
  });
}
