import { counted, grouped } from '../../kernel/counts.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import type { Cleanliness } from '../../policy/cleanliness.ts';
import type { Block, Cell, Tone } from '../content/block.ts';
import { reasons } from '../check.ts';
import { moment } from '../wording.ts';
import { actorOf, inForce } from './applications.ts';
import type { ReportFacts } from './facts.ts';
import { undoOf } from './undo.ts';

export interface Summary {
  readonly verdict: Cleanliness;
  readonly headline: string;
  /** Since when nothing was found wrong; null where that is not so, or nobody looked before. */
  readonly cleanSince: Date | null;
  readonly sentences: readonly string[];
}

export const VERDICT_TONES: Readonly<Record<Cleanliness, Tone>> = {
  clean: 'good',
  dirty: 'bad',
  unknown: 'warn',
};

/** The whole report in a few sentences. */
export function summaryOf(facts: ReportFacts): Summary {
  const { verdict } = facts.checked;
  const since = verdict === 'clean' ? cleanSince(facts.events) : null;
  return {
    verdict,
    headline: headline(verdict, since),
    cleanSince: since,
    sentences: [
      `Looked at on ${moment(facts.at)}: ${reasons(facts.checked).join('; ')}.`,
      ...chainSentence(facts),
      ...doneSentences(facts),
      ...undoSentences(facts),
    ],
  };
}

function headline(verdict: Cleanliness, since: Date | null): string {
  if (verdict === 'dirty') return 'The database is not clean.';
  if (verdict === 'unknown') return 'Nobody can say whether the database is clean.';
  return since === null
    ? 'The database is clean.'
    : `The database is clean, and has been since ${moment(since)}.`;
}

/** The end of the last cleanup, or the first good verification after the last bad sign. */
function cleanSince(events: readonly RecordedEvent[]): Date | null {
  let since: Date | null = null;
  for (const each of events) {
    const meaning = meaningOf(each);
    if (meaning === 'bad') since = null;
    else if (meaning === 'cleaned') since = each.at;
    else if (meaning === 'good') since ??= each.at;
  }
  return since;
}

function meaningOf(event: RecordedEvent): 'bad' | 'cleaned' | 'good' | null {
  const name = event.event;
  if (name === 'restored' || name === 'guard_missing') return 'bad';
  if (name === 'verified') return event.error === null ? 'good' : 'bad';
  if (name === 'applied') return touched(event) > 0 ? 'cleaned' : null;
  return name === 'baseline' ? 'good' : null;
}

function touched({ rows }: RecordedEvent): number {
  return (rows ?? []).reduce((sum, { removed, changed = 0 }) => sum + removed + changed, 0);
}

function chainSentence({ chain }: ReportFacts): readonly string[] {
  if (chain === null) return ['There is no ledger here: nothing was ever recorded.'];
  if (chain.ok && chain.events === 0) return ['The ledger is empty: nothing was recorded yet.'];
  return chain.ok
    ? [`The ledger is whole: all ${counted(chain.events, 'event')} fit together.`]
    : ['The ledger is BROKEN: what it says cannot be relied on.'];
}

function doneSentences(facts: ReportFacts): readonly string[] {
  const applied = inForce(facts);
  if (applied.length === 0) return ['No cleanup has been applied.'];
  const removed = sumOf(applied, ({ removed: rows }) => rows);
  const changed = sumOf(applied, ({ changed: rows = 0 }) => rows);
  const actors = [...new Set(applied.map(actorOf))];
  const approvals = facts.events.filter(({ event }) => event === 'approved');
  const last = applied.at(-1);
  return [
    `${counted(applied.length, 'cleanup')} removed ${counted(removed, 'row')}` +
      (changed === 0 ? '' : ` and changed ${grouped(changed)}`) +
      `${last === undefined ? '' : `, the last one on ${moment(last.at)}`}. Done by ${actors.join(' and ')}.`,
    ...(approvals.length === 0
      ? []
      : [`Approved by ${[...new Set(approvals.map(actorOf))].join(' and ')}.`]),
  ];
}

function sumOf(
  events: readonly RecordedEvent[],
  rowsOf: (rows: NonNullable<RecordedEvent['rows']>[number]) => number,
): number {
  return events.flatMap(({ rows }) => rows ?? []).reduce((sum, rows) => sum + rowsOf(rows), 0);
}

function undoSentences(facts: ReportFacts): readonly string[] {
  const undos = undoOf(facts);
  const possible = undos.filter((each) => each.possible === true);
  const not = undos.filter(({ says }) => says.startsWith('cannot'));
  if (undos.length === 0) return [];
  const ends = possible.flatMap(({ until }) => until ?? []);
  const first = ends.length === 0 ? null : ends.reduce((a, b) => (a < b ? a : b));
  if (first === null) return ['Nothing of it can be undone.'];
  const isAll = possible.length === undos.length;
  const what = isAll
    ? 'All of it'
    : `${grouped(possible.length)} of ${counted(undos.length, 'cleanup')}`;
  return [
    `${what} can be undone until ${moment(first)}.`,
    ...not.map(({ migrationId, says }) => `${migrationId} ${says}.`),
  ];
}

export function summaryBlocks({ sentences }: Summary): readonly Block[] {
  return [{ kind: 'list', items: sentences.map((sentence): Cell => sentence) }];
}
