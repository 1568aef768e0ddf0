import { type GuardStatus, type MigrationRecord, readHistory } from '../../ledger/history.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';

/** Not yet proven: the next `up` goes on with them. */
export const OPEN: ReadonlySet<GuardStatus> = new Set(['pending', 'added']);

/** Migrations whose guards are not at their end, in order. From the ledger alone. */
export function withOpenGuards({ events }: Pick<LedgerSnapshot, 'events'>): readonly string[] {
  if (!events.some(({ guards }) => guards !== undefined && guards.length > 0)) return [];
  return [...readHistory(events).values()]
    .filter((record) => canHaveGuard(record) && hasGuardIn(record, OPEN))
    .map(({ id }) => id)
    .sort();
}

/** What was restored or begins anew may hold rows that its guard would refuse. */
export function canHaveGuard({ status }: MigrationRecord): boolean {
  return status === 'applied' || status === 'retired';
}

export function hasGuardIn({ guards }: MigrationRecord, wanted: ReadonlySet<GuardStatus>): boolean {
  return [...guards.values()].some((status) => wanted.has(status));
}
