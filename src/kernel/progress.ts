/** What a long command is doing, told while it does it. The command line shows it; the engine does not know how. */

export type ProgressPhase =
  | 'selecting'
  | 'archiving'
  | 'removing'
  | 'restoring'
  | 'proving'
  | 'scanning'
  | 'trying passwords'
  | 'looking for groups';

export interface ProgressReport {
  /** The migration, or the command where there is none: `scan`. */
  readonly migrationId: string;
  readonly phase: ProgressPhase;
  /** The table at work, as people write it; null where it is about all of them. */
  readonly table: string | null;
  /** Rows done and rows to do, over all tables of the migration; null where it is not known yet. */
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  /** Why nothing moves just now, such as `replica lag 2.1 s`; null while it works. */
  readonly waitingFor: string | null;
}

export type ReportProgress = (report: ProgressReport) => void;

export const noProgress: ReportProgress = () => undefined;
