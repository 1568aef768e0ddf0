import { counted, grouped } from '../../kernel/counts.ts';
import type { EventName, RecordedEvent } from '../../ledger/events.ts';
import { type Block, code, type Moment, type Tone } from '../content/block.ts';
import { duration } from '../wording.ts';
import { actorOf, estimateOf } from './applications.ts';

const MOMENTS_SHOWN = 100;

const BAD: ReadonlySet<EventName> = new Set(['failed', 'interrupted', 'guard_missing']);
const GOOD: ReadonlySet<EventName> = new Set(['applied', 'guard_validated', 'rehearsed']);
const WARN: ReadonlySet<EventName> = new Set(['cancelled', 'restored', 'guard_dropped', 'paused']);

export function eventTone({ event, error }: Pick<RecordedEvent, 'event' | 'error'>): Tone {
  if (BAD.has(event) || (event === 'verified' && error !== null)) return 'bad';
  if (GOOD.has(event) || event === 'verified') return 'good';
  return WARN.has(event) ? 'warn' : 'quiet';
}

/** What happened, in one line: rows, time, reason. */
export function eventSentence(event: RecordedEvent): string {
  const { rows, durationMs, error, note, checks } = event;
  const sum = (name: 'removed' | 'changed' | 'restored'): number =>
    (rows ?? []).reduce((total, each) => total + (each[name] ?? 0), 0);
  const facts = [
    ...(['removed', 'changed', 'restored'] as const).flatMap((name) =>
      sum(name) === 0 ? [] : [`${counted(sum(name), 'row')} ${name}`],
    ),
    ...(checks === null || checks.length === 0 ? [] : [checkWords(checks)]),
    ...(durationMs === null ? [] : [`in ${duration(durationMs)}`]),
    ...(error === null ? [] : [error.message]),
    ...(note === null ? [] : [note]),
  ];
  return facts.join(', ');
}

function checkWords(checks: NonNullable<RecordedEvent['checks']>): string {
  const failed = checks.filter((check) => check['passed'] === false).length;
  return failed === 0
    ? `${counted(checks.length, 'check')} passed`
    : `${grouped(failed)} of ${counted(checks.length, 'check')} failed`;
}

/** Events for the eye; of very many, the newest. */
export function timelineBlocks(events: readonly RecordedEvent[]): readonly Block[] {
  if (events.length === 0) return [];
  const shown = events.slice(-MOMENTS_SHOWN);
  const moments = shown.map((event): Moment => {
    const { seq, migrationId, at } = event;
    const about = migrationId === null ? '' : ` ${migrationId}`;
    const by = actorOf(event);
    const sentence = eventSentence(event);
    return {
      at,
      title: `${seq}. ${event.event}${about}`,
      text: [...(sentence === '' ? [] : [sentence]), `by ${by}`].join('; '),
      tone: eventTone(event),
    };
  });
  const left = events.length - shown.length;
  return [
    ...(left === 0
      ? []
      : [{ kind: 'paragraph' as const, text: `${counted(left, 'older event')} not shown.` }]),
    { kind: 'timeline', moments },
  ];
}

/** How long each cleanup took, beside what its plan had said. */
export function timesBlock(applied: readonly RecordedEvent[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'cleanup' },
      { title: 'planned', align: 'right' },
      { title: 'took', align: 'right' },
      { title: 'of the plan', align: 'right' },
    ],
    rows: applied.map((event) => {
      const planned = estimateOf(event);
      const { durationMs: took } = event;
      const share =
        planned === null || took === null || planned === 0
          ? '–'
          : `${grouped(Math.round((took / planned) * 100))} %`;
      return [
        code(event.migrationId ?? ''),
        planned === null ? 'not estimated' : `about ${duration(planned)}`,
        took === null ? '–' : duration(took),
        share,
      ];
    }),
  };
}
