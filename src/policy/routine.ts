import type { Sql } from '../kernel/sql.ts';

/** A line for the shell of the system. */
export interface RoutineCommand {
  readonly command: string;
  readonly timeoutMs: number;
}

/** What is looked at after the commit. */
export type SmokeCheck = {
  readonly name: string;
  readonly timeoutMs: number;
} & (
  | { readonly kind: 'command'; readonly command: string }
  /** Answers with this status. */
  | { readonly kind: 'url'; readonly url: string; readonly status: number }
  /** The first value of the first row is true, or a number above 0. */
  | { readonly kind: 'sql'; readonly sql: Sql }
  /** The password is the one whose hash the statement reads; undefined: nobody said which. */
  | { readonly kind: 'login'; readonly hash: Sql; readonly password: string | undefined }
  /** Every page of `hygiene serve` can be rendered. */
  | { readonly kind: 'dashboard' }
);

/** What belongs to a run in an environment, beside the run itself. */
export interface Routine {
  /** Before anything is changed, in this order, such as to stop services. The first failure ends the run. */
  readonly before: readonly RoutineCommand[];
  /** At the end, also after a failure, such as to start them again. */
  readonly after: readonly RoutineCommand[];
  readonly smoke: readonly SmokeCheck[];
}

export const NO_ROUTINE: Routine = { before: [], after: [], smoke: [] };
