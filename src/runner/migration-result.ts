import type { HygieneError } from '../kernel/errors.ts';
import type { SpaceReport } from './after-commit.ts';
import type { ApplyOutcome } from './apply-migration.ts';
import type { GuardOutcome } from './guards/settle-guards.ts';

/** What became of one migration of a run. */
export interface MigrationResult {
  readonly id: string;
  readonly description: string;
  readonly irreversible: string | null;
  readonly outcome: ApplyOutcome | { readonly kind: 'failed'; readonly error: HygieneError };
  /** What it left on disk; null or absent where that is not worth a word. */
  readonly space?: SpaceReport | null;
  /** What became of the seed guards that it asked for. */
  readonly guards?: readonly GuardOutcome[];
}
