import type { RecordedEvent, TableRows } from '../../ledger/events.ts';
import { textFact } from '../../ledger/text-fact.ts';
import type { Status } from '../../ledger/transitions.ts';
import type { RowsOfTable } from '../content/block.ts';
import type { ReportFacts } from './facts.ts';

const IN_FORCE: ReadonlySet<Status> = new Set(['applied', 'retired']);

/** The last application of each migration that is in force: neither restored nor begun anew. */
export function inForce({
  events,
  records,
}: Pick<ReportFacts, 'events' | 'records'>): readonly RecordedEvent[] {
  return events.filter(({ event, seq, migrationId }) => {
    if (event !== 'applied' || migrationId === null) return false;
    const record = records.get(migrationId);
    return record?.appliedSeq === seq && IN_FORCE.has(record.status);
  });
}

/** By table, what all of them did: before the first, removed and changed by each, after the last. */
export function rowsOf(applied: readonly Pick<RecordedEvent, 'rows'>[]): readonly RowsOfTable[] {
  const tables = new Map<string, RowsOfTable>();
  for (const each of applied.flatMap(({ rows }) => rows ?? [])) {
    const sofar = tables.get(each.table);
    tables.set(each.table, sofar === undefined ? firstRows(each) : together(sofar, each));
  }
  return [...tables.values()].sort((a, b) => b.removed + b.changed - a.removed - a.changed);
}

function firstRows({ table, removed, changed = 0, extent }: TableRows): RowsOfTable {
  const { before = null, after = null, counted = false } = extent ?? {};
  return { table, before, removed, changed, after, counted };
}

function together(sofar: RowsOfTable, { removed, changed = 0, extent }: TableRows): RowsOfTable {
  return {
    ...sofar,
    removed: sofar.removed + removed,
    changed: sofar.changed + changed,
    after: extent?.after ?? (sofar.after === null ? null : sofar.after - removed),
    counted: sofar.counted && (extent?.counted ?? false),
  };
}

/** `app_deploy, by ana on build-7 (GitHub Actions)` */
export function actorOf({ actor }: Pick<RecordedEvent, 'actor'>): string {
  const [role, user, host, ci, ciUser] = ['role', 'osUser', 'host', 'ci', 'ciUser'].map((name) =>
    textFact(actor, name),
  );
  const person = [user, host === null ? null : `on ${host}`].filter((word) => word !== null);
  const pipeline = ci === null ? [] : [`${ci}${ciUser === null ? '' : ` for ${ciUser}`}`];
  const parts = [role, person.join(' '), ...pipeline].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return parts.length === 0 ? 'unknown' : parts.join(', ');
}

/** Milliseconds that the plan of the run had estimated; null where none was recorded. */
export function estimateOf({ evidence }: Pick<RecordedEvent, 'evidence'>): number | null {
  const steps = evidence?.['steps'];
  if (!Array.isArray(steps)) return null;
  const estimates = steps
    .map((step: { readonly estimatedMs?: unknown } | null) => step?.estimatedMs)
    .filter((estimate) => typeof estimate === 'number');
  return estimates.length === 0 ? null : estimates.reduce((sum, each) => sum + each, 0);
}
