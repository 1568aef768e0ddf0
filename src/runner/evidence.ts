import type { CheckResult } from '../authoring/expect.ts';
import type { ArchiveRecord } from '../archive/archive.ts';
import type { CommitFence } from '../executor/commit-fence.ts';
import type { BatchStatistics } from '../ledger/progress-rows.ts';
import type { RecordedSideEffect } from '../policy/changes.ts';
import type { Guard } from '../planner/guard.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { Strategy } from '../planner/strategy.ts';

/** Everything that was done and proven inside the transaction, before it commits. */
export interface Evidence {
  readonly steps: readonly StepReport[];
  readonly tables: readonly TableReport[];
  readonly archives: readonly ArchiveRecord[];
  readonly checks: readonly CheckResult[];
  readonly sideEffects: readonly RecordedSideEffect[];
  /** Sentences for people: what other sessions did, a verify that proves nothing. */
  readonly remarks: readonly string[];
  /** What is to be left behind. */
  readonly guards: readonly Guard[];
  /** How the batches went; absent where all was one transaction. */
  readonly batches?: BatchStatistics;
  readonly fence: CommitFence;
}

/** What one step did, for people and for the ledger. */
export interface StepReport {
  readonly label: string;
  readonly plan: PurgePlan | null;
  readonly removed: number;
  readonly changed: number;
}

/** What all steps did to one table. */
export interface TableReport {
  readonly table: string;
  readonly planned: number;
  readonly archived: number;
  readonly removed: number;
  readonly changed: number;
  readonly strategy: Strategy;
  /** Rows before and after; absent where nobody may count them. */
  readonly extent?: TableExtent;
}

/** How many rows a table had and has, for people; nothing is decided by it. */
export interface TableExtent {
  readonly before: number;
  readonly after: number;
  /** False: by the size of the table, since it is too large to be counted for a report. */
  readonly counted: boolean;
}
