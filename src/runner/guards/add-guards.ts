import { addScript } from '../../guard/guard-sql.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { type GuardStatus, type MigrationRecord, readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import type { Guard } from '../../planner/guard.ts';
import type { Engine } from '../engine.ts';
import { contextFrom } from '../events.ts';
import { checkGuards } from './check-guards.ts';
import { noGuard } from './drop-guards.ts';
import { guardsOf } from './guards-of.ts';
import { canHaveGuard, hasGuardIn } from './open-guards.ts';
import { type GuardOutcome, settleGuards } from './settle-guards.ts';

/** What `guard add` without an id works on: a guard that was dropped on purpose is named to come back. */
const WITHOUT_NAME: ReadonlySet<GuardStatus> = new Set(['pending', 'added', 'missing']);
const BY_NAME: ReadonlySet<GuardStatus> = new Set([...WITHOUT_NAME, 'dropped']);

/**
 * Adds and proves guards: of one migration, or all that are not in force.
 * @throws HygieneError HYG_GUARD_NOT_FOUND, HYG_REFUSED_GUARD_STATE
 */
export async function addGuards(
  engine: Engine,
  snapshot: LedgerSnapshot,
  id: string | null,
): Promise<readonly GuardOutcome[]> {
  if (!snapshot.installed) return [];
  await checkGuards(engine, snapshot);
  const ledger = new Ledger(engine.session.connection, engine.names);
  const records = readHistory(await ledger.history());
  const context = await contextFrom(engine, snapshot);
  if (id !== null) {
    assertAddable(id, records.get(id));
    return settleGuards(context, id, BY_NAME);
  }
  const outcomes: GuardOutcome[] = [];
  for (const record of records.values()) {
    if (!canHaveGuard(record) || !hasGuardIn(record, WITHOUT_NAME)) continue;
    outcomes.push(...(await settleGuards(context, record.id, WITHOUT_NAME)));
  }
  return outcomes;
}

export interface GuardScript {
  readonly migrationId: string;
  readonly guard: Guard;
  /** What the owner of the table runs; `up` and `guard check` find what it did. */
  readonly script: string;
}

/** The statements for a DBA: of one migration, or of all guards that are not in force. */
export async function guardScripts(
  engine: Engine,
  { events }: LedgerSnapshot,
  id: string | null,
): Promise<readonly GuardScript[]> {
  const { session, names } = engine;
  const records = [...readHistory(events).values()];
  const meant = id === null ? records.filter(canHaveGuard) : records.filter(isNamed(id));
  const scripts: GuardScript[] = [];
  for (const record of meant) {
    for (const guard of await guardsOf(session.connection, names, record)) {
      if (id === null && !isOneOf(WITHOUT_NAME, record, guard)) continue;
      scripts.push({ migrationId: record.id, guard, script: addScript(guard, record.id) });
    }
  }
  if (id !== null && scripts.length === 0) throw noGuard(id);
  return scripts;
}

function isNamed(id: string): (record: MigrationRecord) => boolean {
  return (record) => record.id === id;
}

function isOneOf(
  wanted: ReadonlySet<GuardStatus>,
  { guards }: MigrationRecord,
  { name }: Guard,
): boolean {
  const status = guards.get(name);
  return status !== undefined && wanted.has(status);
}

function assertAddable(id: string, record: MigrationRecord | undefined): void {
  if (record === undefined || record.guards.size === 0) throw noGuard(id);
  if (canHaveGuard(record) && hasGuardIn(record, BY_NAME)) return;
  const isHeld = !canHaveGuard(record);
  throw new HygieneError('HYG_REFUSED_GUARD_STATE', {
    message: isHeld
      ? `${id} is ${record.status}: what its seed guard would refuse may be there.`
      : `The seed guard of ${id} is in force already.`,
    hint: isHeld
      ? `hygiene reapply ${id} --reason '…'   and the next up brings the guard back.`
      : 'hygiene guard list   shows where each stands.',
    details: { id, status: record.status },
  });
}
