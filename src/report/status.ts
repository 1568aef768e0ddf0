import type { HygieneError } from '../kernel/errors.ts';
import { extentText } from './batches.ts';
import type { Fields } from './document.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { moment } from './wording.ts';

interface BatchFacts {
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly runnerAlive: boolean;
  readonly waitingFor: string | null;
  readonly request: 'pause' | 'cancel' | null;
  readonly requestedBy: string | null;
}

/** Where every migration stands. */
export interface StatusFacts {
  readonly ledgerInstalled: boolean;
  readonly chainIntact: boolean;
  readonly head: { readonly seq: number } | null;
  readonly migrations: readonly {
    readonly id: string;
    readonly status: string;
    readonly appliedAt: Date | null;
    readonly generation: number;
    readonly lastError: string | null;
    readonly openRunId: string | null;
    readonly guard: 'pending' | 'missing' | 'off' | null;
    readonly progress: BatchFacts | null;
  }[];
  readonly pending: readonly string[];
  readonly problem: HygieneError | null;
}

export function statusText(report: StatusFacts, style: Style = plainStyle): string[] {
  const { migrations, pending, problem } = report;
  const lines = tableLines(
    [{ title: 'status' }, { title: 'migration' }, { title: 'applied' }],
    migrations.map(({ status, id, appliedAt, generation, guard }) => [
      guard === null ? status : `${status}, guard ${guard}`,
      generation === 1 ? id : `${id} (generation ${generation})`,
      appliedAt === null ? '' : moment(appliedAt),
    ]),
  );
  const remarks = migrations.flatMap(({ id, lastError, openRunId, progress }) => [
    ...(lastError === null ? [] : wrapped(`${id}: the last run ended with: ${lastError}`)),
    ...(openRunId === null || progress !== null
      ? []
      : [`${id}: run ${openRunId} is at work, or was killed`]),
    ...(progress === null ? [] : wrapped(`${id}: ${batchText(progress)}`)),
  ]);
  return [
    ...lines,
    ...(remarks.length === 0 ? [] : ['', ...indented(remarks)]),
    '',
    style.bold(sumLine(report)),
    ...(problem === null && pending.length > 0 ? ['Next: hygiene plan'] : []),
  ];
}

function batchText(progress: BatchFacts): string {
  const { rowsDone, rowsTotal, runnerAlive, waitingFor, request, requestedBy } = progress;
  const by = requestedBy ?? 'somebody';
  const asked = { pause: `, paused by ${by}`, cancel: `, cancelled by ${by}` };
  const waits = waitingFor === null || request !== null ? '' : `, waits for ${waitingFor}`;
  const run = runnerAlive ? 'a run is at work' : 'no run is at work; hygiene work goes on';
  return `in batches, ${extentText({ rowsDone, rowsTotal })}${request === null ? '' : asked[request]}${waits}; ${run}`;
}

function sumLine(report: StatusFacts): string {
  const { migrations, pending } = report;
  const applied = migrations.filter(({ status }) => status === 'applied').length;
  return (
    `${counted(migrations.length, 'migration')}: ${grouped(applied)} applied, ` +
    `${grouped(pending.length)} pending. ${ledgerSentence(report)}`
  );
}

function ledgerSentence({ ledgerInstalled, chainIntact, head }: StatusFacts): string {
  if (!ledgerInstalled) return 'The ledger is not installed yet; the first `up` makes it.';
  if (!chainIntact) return 'The ledger is BROKEN at its head.';
  return head === null
    ? 'The ledger is empty.'
    : `The ledger's newest event, ${head.seq}, is intact.`;
}

export function statusOutcome(report: StatusFacts): 'problem' | 'pending' | 'up to date' {
  if (report.problem !== null || !report.chainIntact) return 'problem';
  return report.pending.length > 0 ? 'pending' : 'up to date';
}

export function statusDocument(report: StatusFacts): Fields {
  const { ledgerInstalled, chainIntact, head, migrations, pending } = report;
  return { ledgerInstalled, chainIntact, head, pending, migrations };
}
