import { readPresence } from '../../guard/guard-presence.ts';
import { addGuard, proveGuard } from '../../guard/put-guard.ts';
import { counted } from '../../kernel/counts.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { AppendedEvent } from '../../ledger/events.ts';
import { type GuardStatus, readHistory } from '../../ledger/history.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerSnapshot } from '../../ledger/snapshot.ts';
import type { Guard } from '../../planner/guard.ts';
import type { Engine } from '../engine.ts';
import { contextFrom, type EventContext } from '../events.ts';
import { assertIdentity } from '../preconditions.ts';
import { type GuardTransaction, inGuardTransaction, tryRepeatedly } from './guard-transaction.ts';
import { guardsOf } from './guards-of.ts';
import { OPEN } from './open-guards.ts';

export interface GuardOutcome {
  readonly migrationId: string;
  readonly guard: Guard;
  /** `added`: new rows are checked; those that are there are not proven. */
  readonly state: GuardStatus;
  /** What keeps it from being validated. */
  readonly why: string | null;
  /** Rows have come that it would refuse. */
  readonly error: HygieneError | null;
  /** The newest event about it that this run has written. */
  readonly event: AppendedEvent | null;
}

/**
 * Adds and proves the guards of a migration, as far as other sessions let it: after the commit of the
 * purge, and again in each later run until it is done.
 * @param wanted what is to be worked on; `guard add` brings back what is missing or was dropped too
 */
export async function settleGuards(
  context: EventContext,
  id: string,
  wanted: ReadonlySet<GuardStatus> = OPEN,
): Promise<readonly GuardOutcome[]> {
  const { session, names } = context.engine;
  const { connection } = session;
  const record = readHistory(await new Ledger(connection, names).history()).get(id);
  const outcomes: GuardOutcome[] = [];
  for (const guard of await guardsOf(connection, names, record)) {
    const found = await settleGuard(context, { id, guard }, wanted);
    outcomes.push({ migrationId: id, guard, ...found });
  }
  return outcomes;
}

/** The same for several migrations, in their order. */
export async function settleOpenGuards(
  engine: Engine,
  snapshot: LedgerSnapshot,
  ids: readonly string[],
): Promise<readonly GuardOutcome[]> {
  const context = await contextFrom(engine, snapshot);
  assertIdentity(snapshot, context.identity);
  const records = readHistory(snapshot.events);
  const wasOpen = ({ migrationId, guard }: GuardOutcome): boolean =>
    OPEN.has(records.get(migrationId)?.guards.get(guard.name) ?? 'dropped');
  const outcomes: GuardOutcome[] = [];
  for (const id of ids) outcomes.push(...(await settleGuards(context, id)));
  return outcomes.filter(wasOpen);
}

interface Subject {
  readonly id: string;
  readonly guard: Guard;
}

type Found = Pick<GuardOutcome, 'state' | 'why' | 'error' | 'event'>;

async function settleGuard(
  context: EventContext,
  subject: Subject,
  wanted: ReadonlySet<GuardStatus>,
): Promise<Found> {
  const { guard } = subject;
  const added = await tryRepeatedly(context, guard, () => addOnce(context, subject, wanted));
  if (!added.done) return { state: 'pending', why: added.why, error: null, event: null };
  if (added.value.status !== 'added') {
    return { state: added.value.status, why: null, error: null, event: added.value.event };
  }
  const { event } = added.value;
  const proven = await tryRepeatedly(context, guard, () => proveOnce(context, subject));
  if (!proven.done) return { state: 'added', why: proven.why, error: null, event };
  const { rows } = proven.value;
  if (rows === 0) {
    return { state: 'validated', why: null, error: null, event: proven.value.event ?? event };
  }
  const error = violated(subject, rows);
  return { state: 'added', why: 'rows are there that it refuses', error, event };
}

interface Added {
  readonly status: GuardStatus;
  readonly event: AppendedEvent | null;
}

/** What is there already, because a DBA has added it, is recorded as it is. */
async function addOnce(
  context: EventContext,
  subject: Subject,
  wanted: ReadonlySet<GuardStatus>,
): Promise<Added> {
  const { guard } = subject;
  return inGuardTransaction(context, subject, async (transaction) => {
    const status = transaction.record.guards.get(guard.name) ?? 'dropped';
    if (!wanted.has(status)) return { status, event: null };
    const isThere = await ensureThere(transaction, subject);
    const isNews = !isThere || status !== 'added';
    const note = isThere ? 'It was there already.' : null;
    const event = isNews ? await transaction.advance('guard_added', { note }) : null;
    return { status: 'added', event };
  });
}

/** @returns whether it was there */
async function ensureThere(
  { connection }: GuardTransaction,
  { id, guard }: Subject,
): Promise<boolean> {
  const presence = await readPresence(connection, guard);
  const isThere = presence === 'valid' || presence === 'unproven';
  if (!isThere) await addGuard(connection, guard, id);
  return isThere;
}

interface Proven {
  /** How many rows it would refuse. */
  readonly rows: number;
  readonly event: AppendedEvent | null;
}

/** What a DBA has validated needs no owner's rights any more. */
async function proveOnce(context: EventContext, subject: Subject): Promise<Proven> {
  const { guard } = subject;
  return inGuardTransaction(context, subject, async ({ connection, record, advance }) => {
    if (record.guards.get(guard.name) !== 'added') return { rows: 0, event: null };
    const isValid = guard.form === 'check' && (await readPresence(connection, guard)) === 'valid';
    const rows = isValid ? 0 : await proveGuard(connection, guard);
    return { rows, event: rows === 0 ? await advance('guard_validated') : null };
  });
}

function violated({ id, guard }: Subject, rows: number): HygieneError {
  const table = guard.table.toString();
  return new HygieneError('HYG_GUARD_VIOLATED', {
    message:
      `${counted(rows, 'row')} of ${table} came after the purge of ${id} and before its seed guard.\n` +
      'The guard refuses new ones, but cannot be validated while these are there.',
    hint: `Find what wrote them, then purge once more: hygiene reapply ${id} --reason '…' && hygiene up`,
    details: { migration: id, guard: guard.name, table, rows },
  });
}
