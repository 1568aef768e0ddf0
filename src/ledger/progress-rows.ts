import type { PurgePlan } from '../planner/plan.ts';

/** One purge of a migration that is applied in batches, with the rows that it shall take. */
export interface FrozenStep {
  readonly label: string;
  /** Table of the archive schema that lists the rows. */
  readonly list: string;
  /** Rows of the purge's own table, and so of the list. */
  readonly rows: number;
  readonly plan: PurgePlan;
}

/** What all batches did to one table. */
export interface TableProgress {
  readonly schema: string;
  readonly table: string;
  readonly planned: number;
  readonly archived: number;
  readonly removed: number;
  readonly changed: number;
}

export interface SideEffectProgress {
  readonly table: string;
  readonly reason: string;
  readonly inserted: number;
  readonly updated: number;
}

/** How the batches went, over all runs. Times in milliseconds. */
export interface BatchStatistics {
  readonly runs: number;
  readonly batches: number;
  /** Batches that were run again because other sessions were in the way. */
  readonly retries: number;
  /** Times that the size was halved: a statement took too long, or sessions waited for us. */
  readonly halvings: number;
  readonly workedMs: number;
  /** By reason. */
  readonly waitedMs: Readonly<Record<string, number>>;
  /** Listed rows that did not match any more when their turn came. */
  readonly kept: number;
  /** Listed rows that were gone when their turn came: removed with others, or by others. */
  readonly gone: number;
  /** Rows removed or changed by each purge, in their order: what their budgets are held against. */
  readonly doneByStep: readonly number[];
  readonly sideEffects: readonly SideEffectProgress[];
}

const noStatistics: BatchStatistics = {
  runs: 0,
  batches: 0,
  retries: 0,
  halvings: 0,
  workedMs: 0,
  waitedMs: {},
  kept: 0,
  gone: 0,
  doneByStep: [],
  sideEffects: [],
};

/** What verify saw before the first batch. */
export interface StartProofs {
  readonly fingerprints: readonly { readonly rows: number; readonly digest: string }[];
  /** False: all checks passed, so that they cannot show what the batches did. */
  readonly couldFail: boolean;
}

export type Request = 'pause' | 'cancel';

/** Where a migration that is applied in batches stands. */
export interface Progress {
  readonly migrationId: string;
  readonly generation: number;
  readonly token: number;
  readonly runId: string;
  readonly backendPid: number;
  /** Milliseconds since the last sign of life, by the server's clock. */
  readonly heartbeatAgeMs: number;
  /** Whether the server still has the process of the last sign of life. */
  readonly backendIsThere: boolean;
  readonly state: 'running' | 'stopped';
  readonly waitingFor: string | null;
  readonly request: Request | null;
  readonly requestedBy: string | null;
  readonly requestReason: string | null;
  readonly checksum: string | null;
  /** ISO 8601; null while no rows are listed. */
  readonly frozenAt: string | null;
  readonly step: number;
  readonly position: number;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly batchSize: number | null;
  readonly steps: readonly FrozenStep[];
  readonly tables: readonly TableProgress[];
  readonly statistics: BatchStatistics;
  readonly proofs: StartProofs | null;
}

export interface ProgressRow {
  readonly migration_id: string;
  readonly generation: number;
  readonly token: number;
  readonly run_id: string;
  readonly backend_pid: number;
  readonly heartbeat_age_ms: number;
  readonly backend_is_there: boolean;
  readonly state: 'running' | 'stopped';
  readonly waiting_for: string | null;
  readonly request: Request | null;
  readonly requested_by: string | null;
  readonly request_reason: string | null;
  readonly checksum: string | null;
  readonly frozen_at: string | null;
  readonly step: number;
  readonly position: number;
  readonly rows_done: number;
  readonly rows_total: number | null;
  readonly batch_size: number | null;
  readonly steps: readonly FrozenStep[];
  readonly tables: readonly TableProgress[];
  readonly statistics: Partial<BatchStatistics>;
  readonly proofs: StartProofs | null;
}

export function toProgress(row: ProgressRow): Progress {
  return {
    migrationId: row.migration_id,
    generation: row.generation,
    token: row.token,
    runId: row.run_id,
    backendPid: row.backend_pid,
    heartbeatAgeMs: row.heartbeat_age_ms,
    backendIsThere: row.backend_is_there,
    state: row.state,
    waitingFor: row.waiting_for,
    request: row.request,
    requestedBy: row.requested_by,
    requestReason: row.request_reason,
    checksum: row.checksum,
    frozenAt: row.frozen_at,
    step: row.step,
    position: row.position,
    rowsDone: row.rows_done,
    rowsTotal: row.rows_total,
    batchSize: row.batch_size,
    steps: row.steps,
    tables: row.tables,
    statistics: { ...noStatistics, ...row.statistics },
    proofs: row.proofs,
  };
}
