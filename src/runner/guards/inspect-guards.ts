import { type GuardPresence, readPresence } from '../../guard/guard-presence.ts';
import type { LedgerEvent } from '../../ledger/events.ts';
import { type GuardStatus, type MigrationRecord, readHistory } from '../../ledger/history.ts';
import type { Guard } from '../../planner/guard.ts';
import { inReadOnly } from '../../database/reading.ts';
import type { Connection } from '../../database/connection.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import { type Engine, transactionSettings } from '../engine.ts';
import { guardsOf } from './guards-of.ts';

/**
 * `present`: in force and proven. `not validated`: in force for new rows. `pending`: still to be added.
 * `missing`, `altered`, `disabled`: somebody else's doing. `off`: dropped on purpose.
 */
type GuardState =
  'present' | 'not validated' | 'pending' | 'missing' | 'altered' | 'disabled' | 'off';

export interface InspectedGuard {
  readonly migrationId: string;
  readonly generation: number;
  readonly guard: Guard;
  readonly state: GuardState;
  /** It was in force, and is not any more. */
  readonly isBroken: boolean;
  /** As the ledger has it. */
  readonly recorded: GuardStatus;
}

/** Holds every guard of the ledger against the database. Changes nothing. */
export async function inspectGuards(
  engine: Engine,
  events: readonly LedgerEvent[],
): Promise<readonly InspectedGuard[]> {
  const records = readHistory(events);
  if (![...records.values()].some(({ guards }) => guards.size > 0)) return [];
  const { connection } = engine.session;
  return inReadOnly(connection, transactionSettings(engine), () =>
    lookAtGuards(connection, engine.names, records),
  );
}

/** In the caller's transaction. */
export async function lookAtGuards(
  connection: Connection,
  names: LedgerNames,
  records: ReadonlyMap<string, MigrationRecord>,
): Promise<readonly InspectedGuard[]> {
  const inspected: InspectedGuard[] = [];
  for (const record of records.values()) {
    const { id: migrationId, generation, guards } = record;
    for (const guard of await guardsOf(connection, names, record)) {
      const recorded = guards.get(guard.name) ?? 'pending';
      const found = judge(recorded, await readPresence(connection, guard));
      inspected.push({ migrationId, generation, guard, recorded, ...found });
    }
  }
  return inspected.sort((a, b) => (a.guard.name < b.guard.name ? -1 : 1));
}

type Judgement = Pick<InspectedGuard, 'state' | 'isBroken'>;

function judge(recorded: GuardStatus, presence: GuardPresence): Judgement {
  if (recorded === 'dropped') return { state: 'off', isBroken: false };
  if (presence === 'valid') return { state: 'present', isBroken: false };
  const wasThere = recorded !== 'pending';
  if (presence === 'unproven') {
    return { state: 'not validated', isBroken: recorded === 'validated' || recorded === 'missing' };
  }
  if (!wasThere) return { state: 'pending', isBroken: false };
  return { state: presence === 'absent' ? 'missing' : presence, isBroken: true };
}
