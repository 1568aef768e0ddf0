/** What a run came to on one target. */
export interface TargetOutcome {
  readonly state: 'applied' | 'failed' | 'in progress' | 'nothing to do' | 'skipped';
  /** Code and message of what ended it early; null: it came to its end. */
  readonly code: string | null;
  readonly message: string | null;
  readonly applied: number;
  readonly removed: number;
  readonly changed: number;
  readonly durationMs: number;
}

export interface TargetResult {
  readonly name: string;
  /** From 0, the canary. */
  readonly wave: number;
  /** Null: it was not begun, since another one had failed or the run was stopped. */
  readonly outcome: TargetOutcome | null;
}

export function isFailure({ outcome }: Pick<TargetResult, 'outcome'>): boolean {
  return outcome === null || outcome.state === 'failed';
}
