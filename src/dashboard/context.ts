import type { Config } from '../app/config.ts';
import type { OpenedEngine, World } from '../app/compose.ts';
import type { Readers } from '../app/readers.ts';
import { readMetrics } from '../app/operations/metrics.ts';
import type { TargetDescription } from '../database/connection.ts';
import { rawSql } from '../kernel/sql.ts';
import type { ChainReport } from '../ledger/chain-report.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { MetricFacts } from '../report/metrics.ts';
import { plan } from '../runner/plan.ts';
import type { PlanReport } from '../runner/plan-report.ts';
import { scanDatabase } from '../runner/scan-database.ts';
import { DEFAULT_MIN_SCORE } from '../scanner/score.ts';
import type { ScanResult } from '../scanner/scan-result.ts';
import type { Access } from './access.ts';
import { ProgressFeed } from './progress-feed.ts';
import { LedgerMemory, type OverviewFacts, readOverview } from './readings/read-overview.ts';
import { Remembered } from './remembered.ts';
import { TableCache } from './tables/table-cache.ts';

export interface ScannedAt {
  readonly result: ScanResult;
  readonly at: Date;
}

/** What the pages of one dashboard have in common. */
export interface DashboardContext {
  readonly world: World;
  readonly readers: Readers;
  readonly config: Config;
  readonly target: TargetDescription;
  readonly access: Access;
  readonly overview: Remembered<OverviewFacts>;
  /** Null: there is no ledger. */
  readonly chain: Remembered<ChainReport | null>;
  readonly scan: Remembered<ScannedAt>;
  readonly plan: Remembered<PlanReport>;
  readonly metrics: Remembered<MetricFacts>;
  readonly tables: TableCache;
  readonly feed: ProgressFeed;
}

/** Many look at once: what they all look at is read once, and again when it is this old. */
const OVERVIEW_MS = 1_000;
const CHAIN_MS = 5_000;
/** Monitoring asks every so many seconds, and each time the whole chain is proven. */
const METRICS_MS = 10_000;
const PLAN_MS = 10_000;
const SCAN_MS = 300_000;

/** A scan beside others' work: no password is tried, and of large tables a part is looked at. */
const SCANNED_WHOLE_BYTES = 256 * 2 ** 20;

export type ContextParts = Pick<
  DashboardContext,
  'access' | 'config' | 'readers' | 'target' | 'world'
>;

export function dashboardContext(parts: ContextParts): DashboardContext {
  const { readers, world } = parts;
  const { clock } = world;
  const memory = new LedgerMemory();
  return {
    ...parts,
    chain: new Remembered(clock, CHAIN_MS, () => readers.read(proveChain)),
    overview: new Remembered(clock, OVERVIEW_MS, () =>
      readers.read((opened) => readOverview(opened, memory)),
    ),
    scan: new Remembered(clock, SCAN_MS, () => readScan(parts)),
    plan: new Remembered(clock, PLAN_MS, () => readPlan(readers)),
    metrics: new Remembered(clock, METRICS_MS, () => readWholeMetrics(readers)),
    tables: new TableCache(clock, readers),
    feed: new ProgressFeed(clock, readers),
  };
}

/** The proof grows with the ledger: what is enough for a page is not for a million events. */
async function proveChain({ engine }: OpenedEngine): Promise<ChainReport | null> {
  const { connection } = engine.session;
  const ledger = new Ledger(connection, engine.names);
  if (!(await ledger.isInstalled())) return null;
  await connection.query(rawSql(`set local statement_timeout = '60s'`));
  return ledger.verifyChain();
}

/** As `status --metrics`, but with the proof of the whole chain; it comes first, see `archivesIfSeen`. */
function readWholeMetrics(readers: Readers): Promise<MetricFacts> {
  return readers.read(async (opened) => {
    const chain = await proveChain(opened);
    const facts = await readMetrics(opened);
    return { ...facts, chainIntact: facts.chainIntact && chain?.ok !== false };
  });
}

function readScan({ readers, world }: ContextParts): Promise<ScannedAt> {
  return readers.use(async (opened) => {
    const { engine } = await opened.configured();
    const result = await scanDatabase(engine, {
      minScore: DEFAULT_MIN_SCORE,
      passwordBudgetMs: 0,
      wholeUpToBytes: SCANNED_WHOLE_BYTES,
      tables: null,
      withRules: false,
    });
    return { result, at: world.clock.now() };
  });
}

/** The planner makes temporary tables before its transaction becomes read only, and rolls back. */
function readPlan(readers: Readers): Promise<PlanReport> {
  return readers.use(async (opened) => {
    const { engine } = await opened.configured();
    return plan(engine, opened.project.migrations(), 'non-linear');
  });
}
