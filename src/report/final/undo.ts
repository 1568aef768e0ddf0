import type { RecordedEvent } from '../../ledger/events.ts';
import type { ListedArchive } from '../../runner/archives.ts';
import { moment } from '../wording.ts';
import { inForce } from './applications.ts';
import type { ReportFacts } from './facts.ts';

/** Whether and until when one application can be taken back. */
export interface Undo {
  readonly migrationId: string;
  readonly generation: number;
  readonly possible: boolean | null;
  readonly until: Date | null;
  readonly says: string;
}

export function undoOf(facts: ReportFacts): readonly Undo[] {
  return inForce(facts).map((event) => undoOfOne(event, facts));
}

function undoOfOne(event: RecordedEvent, { archives }: ReportFacts): Undo {
  const migrationId = event.migrationId ?? '';
  const generation = event.generation ?? 1;
  const about = { migrationId, generation };
  const irreversible = event.evidence?.['irreversible'];
  if (typeof irreversible === 'string') {
    return { ...about, possible: false, until: null, says: `cannot be undone: ${irreversible}` };
  }
  const touched = (event.rows ?? []).reduce(
    (sum, { removed, changed = 0 }) => sum + removed + changed,
    0,
  );
  if (touched === 0) {
    return { ...about, possible: false, until: null, says: 'nothing to undo: no row was touched' };
  }
  if (archives === null) {
    return { ...about, possible: null, until: null, says: 'this role may not see the archive' };
  }
  const own = archives.filter(
    (each) => each.migrationId === migrationId && each.generation === generation,
  );
  return { ...about, ...archivedUndo(migrationId, own) };
}

function archivedUndo(
  id: string,
  archives: readonly ListedArchive[],
): Pick<Undo, 'possible' | 'until' | 'says'> {
  const isGone = archives.length === 0 || archives.some(({ bytes }) => bytes === null);
  if (isGone) return { possible: false, until: null, says: 'cannot be undone: no archive is left' };
  const until = archives.map(({ expiresAt }) => expiresAt).reduce((a, b) => (a < b ? a : b));
  const isOver = archives.some(({ daysLeft }) => daysLeft <= 0);
  const says = isOver
    ? `can be undone until its archive is pruned (its retention ended ${moment(until)}): hygiene restore ${id}`
    : `can be undone until ${moment(until)}: hygiene restore ${id}`;
  return { possible: true, until, says };
}
