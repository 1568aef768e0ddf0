import type { ObserveWork } from '../executor/observe.ts';
import type { ProgressPhase, ReportProgress } from '../kernel/progress.ts';
import type { RunnableMigration } from './runnable.ts';

/** Adds up what the steps of one migration tell, for whoever looks on. */
export class WorkProgress {
  readonly #id: string;
  readonly #report: ReportProgress;
  /** Steps that have not begun; a function may call for any number. */
  #stepsAhead: number;
  #isSelecting = true;
  #rowsPlanned = 0;
  #rowsDone = 0;

  constructor(migration: Pick<RunnableMigration, 'id' | 'up'>, report: ReportProgress) {
    this.#id = migration.id;
    this.#report = report;
    this.#stepsAhead = migration.up.kind === 'steps' ? migration.up.steps.length : Infinity;
  }

  beginStep(): void {
    this.#stepsAhead -= 1;
    this.#isSelecting = true;
  }

  readonly observe: ObserveWork = ({ phase, table, rowsPlanned, rowsDone = 0 }) => {
    if (rowsPlanned !== undefined) {
      this.#isSelecting = false;
      this.#rowsPlanned += rowsPlanned;
    }
    this.#rowsDone += rowsDone;
    this.at(phase, table);
  };

  at(phase: ProgressPhase, table: string | null = null): void {
    this.#report({
      migrationId: this.#id,
      phase,
      table,
      rowsDone: this.#rowsDone,
      rowsTotal: this.#isSelecting || this.#stepsAhead > 0 ? null : this.#rowsPlanned,
      waitingFor: null,
    });
  }
}
