/** Where one target stands. */
export interface FleetStatusRow {
  readonly name: string;
  /** False: it could not be asked, and the counts say nothing. */
  readonly reached: boolean;
  readonly environment: string | null;
  readonly applied: number;
  readonly pending: number;
  readonly failed: number;
  /** Code and message of what is wrong with it; null: nothing. */
  readonly code: string | null;
  readonly message: string | null;
}
