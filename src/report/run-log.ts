import type { UpReport } from '../runner/up.ts';
import { errorLines } from './error.ts';
import { type TargetFacts, targetLines } from './target.ts';
import { upText } from './up.ts';
import { moment } from './wording.ts';

export interface RunLogFacts extends UpReport {
  readonly target: TargetFacts;
  readonly runId: string;
  readonly at: Date;
  readonly toolVersion: string;
}

/** `cleanup_log_20260112T090000Z.txt`: names sort by time, in UTC. */
export function runLogName(at: Date): string {
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `cleanup_log_${stamp}Z.txt`;
}

/** What a run did, for whoever asks later: the same facts that the ledger holds. */
export function runLogText(facts: RunLogFacts): string {
  const { target, environment, runId, at, toolVersion, error } = facts;
  const lines = [
    `hygiene up, ended ${moment(at)}`,
    ...targetLines(target, environment),
    `run ${runId} with pg-hygiene ${toolVersion}`,
    '',
    ...upText(facts),
    ...(error === null ? [] : ['', ...errorLines(error)]),
    ...headLines(facts),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The newest event that this run wrote: whoever keeps it can tell later whether the ledger was rewritten. */
function headLines({ results, guards: earlier }: UpReport): string[] {
  const written = results.flatMap(({ outcome, guards = [] }) => [
    ...(outcome.kind === 'applied' ? [outcome.event] : []),
    ...guards.flatMap(({ event }) => event ?? []),
  ]);
  const last = [...earlier.flatMap(({ event }) => event ?? []), ...written].at(-1);
  return last === undefined ? [] : ['', `ledger head: event ${last.seq}, ${last.hash}`];
}
