import type { ChainReport } from '../ledger/chain-report.ts';
import type { RecordedEvent, TableRows } from '../ledger/events.ts';
import type { Fields } from './document.ts';
import { tableLines } from './layout.ts';
import { plainStyle, type Style } from './style.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { duration, moment, shortHash } from './wording.ts';

const NOT_INSTALLED = 'The ledger is not installed yet; the first `up` makes it.';

export interface LedgerFacts {
  readonly installed: boolean;
  readonly events: readonly RecordedEvent[];
}

/** Who did what, when, with how many rows; oldest first. */
export function ledgerText(
  { installed, events }: LedgerFacts,
  style: Style = plainStyle,
): string[] {
  if (!installed) return [NOT_INSTALLED];
  if (events.length === 0) return ['No events.'];
  const [head = '', ...lines] = tableLines(
    [
      { title: 'seq', align: 'right' },
      { title: 'at (UTC)' },
      { title: 'event' },
      { title: 'migration' },
      { title: 'rows', align: 'right' },
      { title: 'took', align: 'right' },
      { title: 'by' },
      { title: 'hash' },
    ],
    events.map(eventCells),
  );
  return [style.bold(head), ...lines];
}

function eventCells(event: RecordedEvent): string[] {
  const { seq, at, migrationId, durationMs, rows, actor, hash } = event;
  const touched = rows?.reduce((sum, each) => sum + touchedRows(each), 0) ?? null;
  return [
    String(seq),
    moment(at).replace(' UTC', ''),
    event.event,
    migrationId ?? '',
    touched === null ? '' : grouped(touched),
    durationMs === null ? '' : duration(durationMs),
    actorName(actor),
    shortHash(hash),
  ];
}

function touchedRows({ removed, changed = 0, restored = 0, reverted = 0 }: TableRows): number {
  return removed + changed + restored + reverted;
}

function actorName(actor: Readonly<Record<string, unknown>> | null): string {
  const names = [actor?.['role'], actor?.['osUser']].filter((name) => typeof name === 'string');
  return [...new Set(names)].join(' / ');
}

export function ledgerDocument({ installed, events }: LedgerFacts): Fields {
  return { installed, events };
}

export interface DigestFacts {
  readonly seq: number;
  readonly hash: string;
  readonly takenAt: Date;
}

export function digestText({ seq, hash }: DigestFacts, out: string | null): string[] {
  if (seq === 0) return ['No events yet, so there is nothing to keep.'];
  return [
    `ledger head: event ${String(seq)}, ${hash}`,
    `Keep it where the owner of the database cannot reach it${out === null ? ': hygiene ledger digest --out FILE' : `: ${out}`}`,
    `Later: hygiene ledger verify --digest ${out ?? 'FILE'}`,
  ];
}

export function digestDocument({ seq, hash, takenAt }: DigestFacts): Fields {
  return { seq, hash, takenAt };
}

export interface ChainFacts {
  readonly installed: boolean;
  readonly chain: ChainReport | null;
}

export function chainText({ chain }: ChainFacts, style: Style = plainStyle): string[] {
  if (chain === null) return [NOT_INSTALLED];
  const { ok, events, headSeq, headHash, problems } = chain;
  if (!ok) {
    return problems.map(({ problem, atSeq }) =>
      atSeq === null ? problem : `event ${atSeq}: ${problem}`,
    );
  }
  const head = headSeq === null ? '' : ` Head: event ${headSeq}, ${headHash ?? ''}`;
  return [style.green(`${counted(events, 'event')}, the chain is intact.${head}`)];
}

export function chainDocument({ installed, chain }: ChainFacts): Fields {
  return { installed, chain };
}
