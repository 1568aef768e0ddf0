import type { Table } from '../catalog/model.ts';
import type { ProgressPhase } from '../kernel/progress.ts';

/** What a step is about to do, or has done just now. */
export interface WorkNews {
  readonly phase: ProgressPhase;
  /** As people write it; null where it is about all tables of the step. */
  readonly table: string | null;
  /** Rows that a finished selection adds to what is to be done. */
  readonly rowsPlanned?: number;
  /** Rows removed or changed since the last news. */
  readonly rowsDone?: number;
}

export type ObserveWork = (news: WorkNews) => void;

export const unobserved: ObserveWork = () => undefined;

export function selecting(table: Table): WorkNews {
  return { phase: 'selecting', table: table.name.toString() };
}
