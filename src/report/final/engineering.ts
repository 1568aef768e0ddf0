import { grouped } from '../../kernel/counts.ts';
import type { RecordedEvent } from '../../ledger/events.ts';
import { type Block, type Cell, code, paragraph } from '../content/block.ts';
import { moment } from '../wording.ts';
import { actorOf } from './applications.ts';
import type { ReportFacts } from './facts.ts';
import { eventSentence, eventTone } from './history.ts';

const EVENTS_SHOWN = 500;

/** What proves later that nobody rewrote what this report is made from. */
export function digestBlocks({ runLog, chain }: ReportFacts): readonly Block[] {
  if (runLog === null && (chain?.headSeq ?? null) === null) return [];
  const facts: (readonly [string, Cell])[] = [
    ...(runLog === null
      ? [['cleanup log', { text: 'not found', tone: 'warn' }] as const]
      : [
          ['cleanup log', code(runLog.path)] as const,
          ['its SHA-256', code(runLog.sha256)] as const,
        ]),
    ...[chain?.headSeq ?? null].flatMap((seq) =>
      seq === null ? [] : [['newest event', grouped(seq)] as const],
    ),
    ...[chain?.headHash ?? null].flatMap((hash) =>
      hash === null ? [] : [['digest of the ledger', code(hash)] as const],
    ),
  ];
  return [
    { kind: 'facts', facts },
    paragraph({
      text: 'Keep the digest where the owner of the database cannot reach it. Later: hygiene ledger verify --digest FILE',
      tone: 'quiet',
    }),
  ];
}

export function identityBlock({ identity, target }: ReportFacts): Block {
  const names = {
    'system identifier': identity.systemIdentifier,
    timeline: identity.timeline,
    database: identity.database,
    'database oid': identity.databaseOid,
    address:
      identity.address === null ? target.host : `${identity.address}:${String(identity.port)}`,
    marker: identity.marker,
    role: target.user,
  };
  return {
    kind: 'facts',
    facts: Object.entries(names).map(([name, value]) => [
      name,
      value === null ? { text: 'not known', tone: 'quiet' as const } : code(String(value)),
    ]),
  };
}

export function eventsBlock(events: readonly RecordedEvent[]): readonly Block[] {
  const shown = events.slice(-EVENTS_SHOWN);
  if (shown.length === 0) return [];
  const titles = ['event', 'at', 'what', 'migration', 'said', 'by', 'tool', 'hash'];
  return [
    ...(shown.length === events.length
      ? []
      : [paragraph(`The newest ${grouped(shown.length)} of ${grouped(events.length)} events.`)]),
    {
      kind: 'table',
      columns: titles.map((title) => ({ title })),
      rows: shown.map((event) => [
        grouped(event.seq),
        moment(event.at),
        { text: event.event, tone: eventTone(event) },
        code(event.migrationId ?? '–'),
        eventSentence(event),
        actorOf(event),
        event.toolVersion ?? '–',
        code(event.hash),
      ]),
    },
  ];
}
