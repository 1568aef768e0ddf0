import { counted, grouped } from '../kernel/counts.ts';
import type { AskReport } from '../runner/batched/requests.ts';
import type { Fields } from './document.ts';

/** How far a migration in batches is: `1,200 of 5,000 rows done`. */
export function extentText(progress: {
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
}): string {
  const { rowsDone, rowsTotal } = progress;
  return rowsTotal === null
    ? `${counted(rowsDone, 'row')} done`
    : `${grouped(rowsDone)} of ${counted(rowsTotal, 'row')} done`;
}

/** What became of a request to a migration in batches. */
export function askText(report: AskReport): string[] {
  const { id, rowsDone, rowsTotal } = report;
  return [`${id}: ${happened(report)} (${extentText({ rowsDone, rowsTotal })})`, ...next(report)];
}

function happened({ asked, changed, runnerAlive }: AskReport): string {
  switch (asked) {
    case 'pause':
      if (!changed) return 'was asked to wait or to end before';
      return runnerAlive ? 'pauses at the end of its batch' : 'paused; no run is at work';
    case 'resume':
      if (!changed) return 'was not paused';
      return runnerAlive ? 'goes on' : 'may go on; no run is at work';
    case 'cancel':
      if (!changed) return 'no run is at work';
      return runnerAlive ? 'ends after its batch' : 'cancelled; no run was at work';
  }
}

function next({ asked, id, runnerAlive }: AskReport): string[] {
  switch (asked) {
    case 'pause':
      return [`Next: hygiene resume ${id}`];
    case 'resume':
      return runnerAlive ? [] : ['Next: hygiene work   (or hygiene up)'];
    case 'cancel':
      return [
        'hygiene up   goes on with what is left.',
        `hygiene restore ${id}   puts back what committed batches removed.`,
      ];
  }
}

export function askDocument(report: AskReport): Fields {
  const { id, asked, changed, runnerAlive, rowsDone, rowsTotal } = report;
  return { id, asked, changed, runnerAlive, rowsDone, rowsTotal };
}
