import { type GuardStatus, readHistory } from '../../ledger/history.ts';
import type { LedgerSnapshot } from '../../ledger/ledger.ts';

/** Not yet proven: the next `up` goes on with them. */
export const OPEN: ReadonlySet<GuardStatus> = new Set(['pending', 'added']);

/** Migrations whose guards are not at their end, in order. From the ledger alone. */
export function withOpenGuards({ events }: Pick<LedgerSnapshot, 'events'>): readonly string[] {
  if (!events.some(({ guards }) => guards !== undefined && guards.length > 0)) return [];
  return [...readHistory(events).values()]
    .filter(({ status }) => status === 'applied' || status === 'retired')
    .filter(({ guards }) => [...guards.values()].some((each) => OPEN.has(each)))
    .map(({ id }) => id)
    .sort();
}
