import { HygieneError } from '../kernel/errors.ts';
import type { RecordedEvent } from '../ledger/events.ts';
import type { MigrationRecord } from '../ledger/history.ts';
import type { Status } from '../ledger/transitions.ts';

export interface RestoreFacts {
  readonly id: string;
  readonly record: MigrationRecord | undefined;
  /** Archive tables of the current generation. */
  readonly archives: number;
  /** All events of the migration, oldest first. */
  readonly events: readonly RecordedEvent[];
}

/** Statuses in which an application has left something that could go back. */
const RESTORABLE: ReadonlySet<Status> = new Set([
  'applied',
  'started',
  'failed',
  'interrupted',
  'cancelled',
]);

/**
 * Why a migration cannot be restored, in words of its own for each reason.
 * @returns HYG_REFUSED_NOT_RESTORABLE, or null
 */
export function checkRestorable(facts: RestoreFacts): HygieneError | null {
  const { id, record, archives } = facts;
  if (record === undefined) return neverApplied(id);
  const { status } = record;
  if (status === 'held') return heldAlready(facts, record);
  if (!RESTORABLE.has(status)) return inOtherStatus(id, record);
  const reason = irreversibleReason(facts, record.generation);
  if (reason !== null) {
    return refusal(
      `${id} cannot be undone: ${reason}`,
      'Not all that it did was archived. A backup may have it; archived rows can be put back by hand: docs/authoring.md',
    );
  }
  if (archives > 0) return null;
  return status === 'applied' ? appliedWithoutArchive(facts, record) : nothingCommitted(id, status);
}

export function neverApplied(id: string): HygieneError {
  return refusal(
    `${id} was never applied in this database, so there is nothing to put back.`,
    'hygiene status   shows where every migration stands. Is it the right database?',
  );
}

function heldAlready({ id, events }: RestoreFacts, { lastEventAt }: MigrationRecord): HygieneError {
  const restored = events.findLast(({ event }) => event === 'restored')?.at ?? lastEventAt;
  return refusal(
    `The rows of ${id} were put back already, on ${restored.toISOString().slice(0, 10)}: it is held.`,
    `To let the next up apply it again: hygiene reapply ${id} --reason '…'`,
  );
}

const OTHER: Readonly<Partial<Record<Status, string>>> = {
  skipped: 'was skipped: what it requires is missing',
  baselined: 'was baselined: somebody else did its work, and nothing was archived',
  retired: 'is retired',
};

function inOtherStatus(id: string, { status, generation }: MigrationRecord): HygieneError {
  const why =
    OTHER[status] ??
    (generation > 1 ? 'was not applied again since it was released by reapply' : 'is pending');
  return refusal(
    `${id} ${why}, so there is nothing to put back.`,
    'hygiene archive list   shows what earlier applications have archived; docs/authoring.md has how it goes by hand.',
  );
}

function irreversibleReason({ events }: RestoreFacts, generation: number): string | null {
  const applied = events.findLast(
    (each) => each.event === 'applied' && each.generation === generation,
  );
  const reason = applied?.evidence?.['irreversible'];
  return typeof reason === 'string' ? reason : null;
}

function appliedWithoutArchive(
  { id, events }: RestoreFacts,
  record: MigrationRecord,
): HygieneError {
  const pruned = events.findLast(
    ({ event, generation }) => event === 'archive_pruned' && generation === record.generation,
  );
  if (pruned !== undefined) {
    return refusal(
      `The archive of ${id} was pruned on ${pruned.at.toISOString().slice(0, 10)}: its rows are gone for good.`,
      'Only a backup from before that day has them.',
    );
  }
  return refusal(
    `${id} removed and changed nothing when it was applied, so there is nothing to put back.`,
    `To let the next up apply it again: hygiene reapply ${id} --reason '…'`,
  );
}

function nothingCommitted(id: string, status: Status): HygieneError {
  return refusal(
    `The last run of ${id} ended as ${status} and was rolled back as a whole, so there is nothing to put back.`,
    'hygiene up   runs it again.',
  );
}

function refusal(message: string, hint: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_RESTORABLE', { message, hint });
}
