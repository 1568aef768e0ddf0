import { grouped } from '../kernel/counts.ts';
import type { ProgressPhase, ProgressReport } from '../kernel/progress.ts';
import type { Pace } from './progress-rate.ts';
import { plainStyle, type Style } from './style.ts';
import { duration } from './wording.ts';

/** Where a migration stands, seen at one moment. */
export interface ProgressView {
  readonly report: ProgressReport;
  readonly pace: Pace;
  /** Since this migration was begun. */
  readonly elapsedMs: number;
}

/** One line for a log. */
export function progressLine(view: ProgressView): string {
  const { report, pace, elapsedMs } = view;
  const { share, rowsPerSecond, remainingMs } = pace;
  const facts = [
    activity(report),
    ...(share === null ? [] : [percent(share)]),
    ...amount(report, ' of '),
    ...(rowsPerSecond === null ? [] : [rate(report, rowsPerSecond)]),
    ...(remainingMs === null ? [] : [left(remainingMs)]),
  ];
  return `${report.migrationId}  ${duration(elapsedMs)}: ${facts.join(', ')}`;
}

/** Facts of a bar, in the order in which they are shown. */
type Fact = 'bar' | 'share' | 'rows' | 'rate' | 'left' | 'elapsed' | 'activity';

/** From a wide terminal to a narrow one. */
const LAYOUTS: readonly (readonly Fact[])[] = [
  ['bar', 'share', 'rows', 'rate', 'left', 'elapsed', 'activity'],
  ['bar', 'share', 'rows', 'rate', 'left', 'activity'],
  ['bar', 'share', 'rows', 'left', 'activity'],
  ['bar', 'share', 'left', 'activity'],
  ['share', 'left', 'elapsed', 'activity'],
  ['share', 'left', 'activity'],
  ['share', 'activity'],
];

/** One line for a terminal: the fullest that fits into so many columns. */
export function progressBar(
  view: ProgressView,
  columns: number,
  style: Style = plainStyle,
): string {
  const { report, pace, elapsedMs } = view;
  const { share, rowsPerSecond, remainingMs } = pace;
  const texts: Readonly<Record<Fact, string | null>> = {
    bar: share === null ? null : bar(share),
    share: share === null ? null : percent(share),
    rows: amount(report, '/')[0] ?? null,
    rate: rowsPerSecond === null ? null : rate(report, rowsPerSecond),
    left: remainingMs === null ? null : left(remainingMs),
    elapsed: duration(elapsedMs),
    activity: activity(report),
  };
  const paint = (fact: Fact, text: string): string => {
    if (fact === 'bar') return style.green(text);
    return fact === 'activity' && report.waitingFor !== null ? style.yellow(text) : text;
  };
  const shown = (facts: readonly Fact[], painted: boolean): string =>
    facts
      .flatMap((fact) => {
        const text = texts[fact];
        return text === null ? [] : [painted ? paint(fact, text) : text];
      })
      .join('  ');
  const fitting = LAYOUTS.find((facts) => shown(facts, false).length <= columns);
  return fitting === undefined
    ? cut(shown(['share', 'activity'], false), columns)
    : shown(fitting, true);
}

/** One line of JSON. Shares are of 1, times in seconds; null where nobody can know. */
export function progressEvent({ report, pace, elapsedMs }: ProgressView, at: Date): string {
  const { migrationId, phase, table, rowsDone, rowsTotal, waitingFor } = report;
  return JSON.stringify({
    event: 'progress',
    at: at.toISOString(),
    migration: migrationId,
    phase,
    table,
    rowsDone,
    rowsTotal,
    share: rounded(pace.share, 4),
    rowsPerSecond: rounded(pace.rowsPerSecond, 1),
    remainingSeconds: rounded(seconds(pace.remainingMs), 1),
    elapsedSeconds: rounded(seconds(elapsedMs), 1),
    waitingFor,
  });
}

/** A name may hold what would move the cursor. */
function activity({ phase, table, waitingFor }: ProgressReport): string {
  const text =
    waitingFor === null
      ? [phase, ...(table === null ? [] : [table])].join(' ')
      : `waiting: ${waitingFor}`;
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** What is counted where it is not rows. */
const UNITS: Partial<Record<ProgressPhase, string>> = {
  scanning: 'MB',
  'trying passwords': 'trials',
};

function unitOf({ phase }: ProgressReport): string {
  return UNITS[phase] ?? 'rows';
}

function amount(report: ProgressReport, between: string): string[] {
  const { rowsDone, rowsTotal } = report;
  const unit = unitOf(report);
  if (rowsTotal !== null) return [`${grouped(rowsDone)}${between}${grouped(rowsTotal)} ${unit}`];
  return rowsDone === 0 ? [] : [`${grouped(rowsDone)} ${unit}`];
}

const BAR_COLUMNS = 20;

function bar(share: number): string {
  const full = Math.min(BAR_COLUMNS, Math.floor(share * BAR_COLUMNS));
  return '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
}

/** Rounded down: 100 % means that nothing is left. */
function percent(share: number): string {
  return `${grouped(Math.floor(share * 100))} %`;
}

function rate(report: ProgressReport, perSecond: number): string {
  return `${grouped(Number(perSecond.toFixed(perSecond < 10 ? 1 : 0)))} ${unitOf(report)}/s`;
}

function left(remainingMs: number): string {
  return `${duration(Math.max(1000, remainingMs))} left`;
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
