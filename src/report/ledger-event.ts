import { grouped } from '../kernel/counts.ts';
import type { EventError, RecordedEvent, TableRows } from '../ledger/events.ts';
import { factLines } from './fact-lines.ts';
import { indented, tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { duration, moment } from './wording.ts';

const NAME_COLUMNS = 14;

/** Each event with everything that was recorded of it, one after the other. */
export function eventsText(events: readonly RecordedEvent[], style: Style = plainStyle): string[] {
  return events.flatMap((event, at) => [...(at === 0 ? [] : ['']), ...eventText(event, style)]);
}

function eventText(event: RecordedEvent, style: Style): string[] {
  const { rows, checks, error, evidence, actor, identity } = event;
  return [
    style.bold(`event ${String(event.seq)}: ${event.event}`),
    ...indented([
      ...plainFacts(event),
      ...section('by', actor),
      ...section('database', identity),
      ...(error === null ? [] : errorLines(error)),
      ...(rows === null || rows.length === 0 ? [] : ['rows:', ...indented(rowLines(rows))]),
      ...section('checks', checks),
      ...section('evidence', evidence),
      fact('hash', event.hash),
      fact('follows', event.prevHash),
      fact('hash version', String(event.hashVersion)),
    ]),
  ];
}

function plainFacts(event: RecordedEvent): string[] {
  const { migrationId, generation, durationMs } = event;
  const facts: readonly (readonly [string, string | null])[] = [
    ['migration', migrationId],
    ['generation', generation === null ? null : String(generation)],
    ['at', moment(event.at)],
    ['took', durationMs === null ? null : duration(durationMs)],
    ['environment', event.environment],
    ['ticket', event.ticket],
    ['note', event.note],
    ['run', event.runId],
    ['tool', event.toolVersion === null ? null : `pg-hygiene ${event.toolVersion}`],
    ['checksum', event.checksum],
    ['config', event.configFingerprint],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : wrapped(fact(name, value))));
}

function fact(name: string, value: string): string {
  return `${name.padEnd(NAME_COLUMNS)}${value}`;
}

function section(
  name: string,
  facts: Readonly<Record<string, unknown>> | readonly object[] | null,
): string[] {
  return facts === null ? [] : factLines({ [name]: facts }).flatMap((line) => wrapped(line, 96));
}

function errorLines({ message, ...facts }: EventError): string[] {
  return [...wrapped(fact('error', message), 96), ...indented(factLines(facts))];
}

/** Only the columns in which something happened. */
function rowLines(rows: readonly TableRows[]): string[] {
  const counts = [
    ...(['planned', 'archived', 'removed', 'changed'] as const),
    ...(['restored', 'reverted', 'skipped'] as const),
  ].filter((name) => rows.some((row) => (row[name] ?? 0) > 0));
  return tableLines(
    [
      { title: 'table' },
      ...counts.map((title) => ({ title, align: 'right' as const })),
      { title: 'strategy' },
    ],
    rows.map((row) => [
      row.table,
      ...counts.map((name) => grouped(row[name] ?? 0)),
      row.strategy ?? '',
    ]),
  );
}
