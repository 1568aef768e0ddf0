import type { HygieneError } from '../kernel/errors.ts';
import type { Guard } from '../planner/guard.ts';
import type { PurgePlan } from '../planner/plan.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import type { PlannedBatches } from './batched/planned-batches.ts';
import type { Selected } from './pending.ts';
import type { UnknownStep } from './plannable-steps.ts';

/** What one step would do, with exact counts. */
export type PlannedStep =
  | { readonly kind: 'purge'; readonly label: string; readonly plan: PurgePlan }
  | {
      readonly kind: 'scrub';
      readonly label: string;
      readonly table: string;
      readonly rows: number;
      readonly total: number;
      readonly nullRows: number;
    }
  | UnknownStep;

/** What `up` would do with one migration that is pending. */
export interface PlannedMigration {
  readonly id: string;
  readonly description: string;
  readonly irreversible: string | null;
  readonly transaction: 'single' | 'batched';
  /** For a migration in batches: listed rows of the first, and about how many batches; else null. */
  readonly batches: PlannedBatches | null;
  readonly steps: readonly PlannedStep[];
  /** Seed guards that it would leave behind. */
  readonly guards: readonly Guard[];
  /** Why `up` would refuse it. */
  readonly refusals: readonly HygieneError[];
  /** Tables and columns it requires and that are missing: `up` would skip it. */
  readonly missing: readonly string[];
}

/** What `up` would do. */
export interface PlanReport {
  /** As it was planned for: an `up` without them may do otherwise. */
  readonly window: Window;
  readonly strategy: Strategy | null;
  readonly environment: string | null;
  /** UUID of the marker; null: the database is not marked. */
  readonly marker: string | null;
  readonly ledgerInstalled: boolean;
  readonly migrations: readonly PlannedMigration[];
  readonly selected: Selected;
  readonly elsewhere: readonly string[];
  /** By table that a step touches, hash of its columns, keys and triggers. */
  readonly schema: Readonly<Record<string, string>>;
  /** No table of the application holds a row, so there is nothing to clean: it can be baselined. */
  readonly isNew: boolean;
}
