import type { Clock } from '../../kernel/ports.ts';
import type { Sql } from '../../kernel/sql.ts';
import type { SizeRules } from '../../planner/batch-size.ts';
import type { ThrottleLimits } from '../../policy/throttle.ts';

/** What a command may say about batches. Times in milliseconds. */
export interface BatchOptions {
  /** Stop at the border of a batch after so long; null: go on to the end. */
  readonly maxDurationMs: number | null;
  /** Listed rows of the first batch. */
  readonly firstSize: number;
  /** How long a batch should take. */
  readonly targetMs: number;
  /** How long one statement of a batch may take before the batch is halved. */
  readonly statementTimeoutMs: number;
  readonly maxReplicaLagMs: number;
}

const defaultBatchOptions: BatchOptions = {
  maxDurationMs: null,
  firstSize: 500,
  targetMs: 500,
  statementTimeoutMs: 10_000,
  maxReplicaLagMs: 5_000,
};

export interface BatchSettings extends BatchOptions {
  /** On the monotonic clock; null: no end. */
  readonly stopAtMs: number | null;
  /** From the config. */
  readonly throttle: Sql | null;
}

export function batchSettings(given: Partial<BatchOptions>, clock: Clock): BatchSettings {
  const options = { ...defaultBatchOptions, ...given };
  const { maxDurationMs } = options;
  const stopAtMs = maxDurationMs === null ? null : clock.monotonicMs() + maxDurationMs;
  return { ...options, stopAtMs, throttle: null };
}

/** Others wait for a commit as long as the log of the batch that is committed just then takes. */
const SHARED_TARGET = 0.5;

/** Rows of a batch; fewer are mostly round trips. */
const LEAST_ROWS = 50;

/** @param isShared others work on the database */
export function sizeRules({ firstSize, targetMs }: BatchOptions, isShared = false): SizeRules {
  return {
    first: firstSize,
    targetMs: isShared ? targetMs * SHARED_TARGET : targetMs,
    least: LEAST_ROWS,
  };
}

export function throttleLimits({ maxReplicaLagMs }: BatchOptions): ThrottleLimits {
  return { maxReplicaLagMs };
}
