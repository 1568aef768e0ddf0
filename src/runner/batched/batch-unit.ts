import type { EventContext } from '../events.ts';
import type { RunnableMigration } from '../runnable.ts';

/** One application of a migration that this run has claimed. */
export interface BatchUnit {
  readonly context: EventContext;
  readonly migration: RunnableMigration;
  readonly generation: number;
  /** What this run shows to be the one at work. */
  readonly token: number;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}
