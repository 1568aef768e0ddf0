import type { Actor } from '../ledger/actor.ts';
import type { MigrationResult } from '../runner/migration-result.ts';
import type { UpReport } from '../runner/up.ts';
import { grouped } from '../kernel/counts.ts';
import { shortDigest } from '../kernel/digest.ts';
import { fileStamp } from '../kernel/file-stamp.ts';
import { errorLines } from './error.ts';
import { indented, tableLines } from './layout.ts';
import { type TargetFacts, targetLines } from './target.ts';
import { upText } from './up.ts';
import { moment } from './wording.ts';

export interface RunLogFacts extends UpReport {
  readonly target: TargetFacts;
  readonly runId: string;
  readonly actor: Actor;
  /** Digest of the plan that the run was held to; null: it was given none. */
  readonly planDigest: string | null;
  readonly at: Date;
  readonly toolVersion: string;
}

/** `cleanup_log_20260112T090000Z.txt`: names sort by time, in UTC. */
export function runLogName(at: Date): string {
  const stamp = fileStamp(at);
  return `cleanup_log_${stamp}.txt`;
}

/** What a run did, for whoever asks later: the same facts that the ledger holds. */
export function runLogText(facts: RunLogFacts): string {
  const { target, environment, runId, at, toolVersion, results, error } = facts;
  const lines = [
    `hygiene up, ended ${moment(at)}`,
    ...targetLines(target, environment),
    actorLine(facts.actor),
    `run ${runId} with pg-hygiene ${toolVersion}`,
    planLine(facts.planDigest),
    '',
    ...upText(facts),
    ...results.flatMap(extentLines),
    ...(error === null ? [] : ['', ...errorLines(error)]),
    ...headLines(facts),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function actorLine({ osUser, host, ci, ciUrl, ciUser, commit }: Actor): string {
  const parts = [
    `${osUser ?? 'somebody'} on ${host ?? 'an unknown host'}`,
    ...(ci === null ? [] : [`${ci}${ciUser === null ? '' : ` (${ciUser})`}`]),
    ...(ciUrl === null ? [] : [ciUrl]),
    ...(commit === null ? [] : [`commit ${commit}`]),
  ];
  return `by ${parts.join(', ')}`;
}

function planLine(digest: string | null): string {
  return digest === null ? 'held to no plan' : `held to plan ${shortDigest(digest)} (${digest})`;
}

/** Rows before, removed and after; what is too large to be counted is marked. */
function extentLines({ id, outcome }: MigrationResult): string[] {
  if (outcome.kind !== 'applied') return [];
  const rows = outcome.evidence.tables.flatMap(({ table, removed, extent }) => {
    if (extent === undefined) return [];
    const about = extent.counted ? '' : 'about ';
    return [
      [
        table,
        `${about}${grouped(extent.before)}`,
        grouped(removed),
        `${about}${grouped(extent.after)}`,
      ],
    ];
  });
  if (rows.length === 0) return [];
  const columns = [
    { title: 'rows' },
    { title: 'before', align: 'right' },
    { title: 'removed', align: 'right' },
    { title: 'after', align: 'right' },
  ] as const;
  return ['', id, ...indented(tableLines(columns, rows))];
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
