import { HygieneError } from '../kernel/errors.ts';
import type { EventName } from './events.ts';

/** Where a migration stands. `held`: its rows were restored, so `up` leaves it alone. */
export const statuses = [
  'pending',
  'started',
  'applied',
  'failed',
  'interrupted',
  'cancelled',
  'skipped',
  'held',
  'retired',
  'baselined',
] as const;

export type Status = (typeof statuses)[number];

/** An event that may follow in some statuses; `to` is null where the status stays as it is. */
export interface Transition {
  readonly event: EventName;
  readonly from: readonly Status[];
  readonly to: Status | null;
  readonly why: string;
}

export const transitions: readonly Transition[] = [
  { event: 'started', from: ['pending'], to: 'started', why: 'A first run begins.' },
  { event: 'started', from: ['failed'], to: 'started', why: 'A failed run left nothing behind.' },
  {
    event: 'started',
    from: ['interrupted'],
    to: 'started',
    why: 'The run was killed and rolled back.',
  },
  { event: 'started', from: ['cancelled'], to: 'started', why: 'Somebody stopped the run before.' },
  { event: 'started', from: ['skipped'], to: 'started', why: 'What was missing is there now.' },

  { event: 'applied', from: ['started'], to: 'applied', why: 'The run is about to commit.' },
  { event: 'failed', from: ['started'], to: 'failed', why: 'The run was rolled back.' },
  {
    event: 'interrupted',
    from: ['started'],
    to: 'interrupted',
    why: 'A run ended without a word.',
  },
  { event: 'cancelled', from: ['started'], to: 'cancelled', why: 'A signal stopped the run.' },

  { event: 'skipped', from: ['pending'], to: 'skipped', why: 'A required table is not there.' },
  { event: 'skipped', from: ['skipped'], to: 'skipped', why: 'It is still not there.' },
  {
    event: 'skipped',
    from: ['failed', 'interrupted', 'cancelled'],
    to: 'skipped',
    why: 'A required table went away after an attempt.',
  },

  {
    event: 'baseline',
    from: ['pending', 'skipped', 'failed', 'interrupted', 'cancelled'],
    to: 'baselined',
    why: 'Somebody vouches that the work was done without hygiene.',
  },

  { event: 'restored', from: ['applied'], to: 'held', why: 'The archived rows were put back.' },
  {
    event: 'restored',
    from: ['failed', 'interrupted', 'cancelled'],
    to: 'held',
    why: 'The batches committed before the end were put back.',
  },
  { event: 'reapplied', from: ['held'], to: 'pending', why: 'It shall run again after a restore.' },
  { event: 'reapplied', from: ['applied'], to: 'pending', why: 'What it removed has come back.' },
  {
    event: 'reapplied',
    from: ['baselined'],
    to: 'pending',
    why: 'The work was not done after all.',
  },
  {
    event: 'retired',
    from: ['applied', 'baselined', 'held'],
    to: 'retired',
    why: 'It has served its purpose; its file may go.',
  },
  {
    event: 'retired',
    from: ['failed', 'interrupted', 'cancelled', 'skipped'],
    to: 'retired',
    why: 'It never went through and is given up.',
  },

  {
    event: 'verified',
    from: ['applied', 'baselined'],
    to: null,
    why: 'Its lasting checks were repeated.',
  },
  {
    event: 'approved',
    from: ['pending', 'failed', 'interrupted', 'cancelled', 'skipped', 'held'],
    to: null,
    why: 'Somebody answers for a run to come.',
  },
  {
    event: 'rehearsed',
    from: ['pending', 'failed', 'interrupted', 'cancelled', 'skipped', 'held'],
    to: null,
    why: 'It was tried out and rolled back.',
  },

  {
    event: 'guard_added',
    from: ['started'],
    to: null,
    why: 'In the window, guard and purge are one.',
  },
  {
    event: 'guard_added',
    from: ['applied'],
    to: null,
    why: 'Online, the guard comes after the commit.',
  },
  {
    event: 'guard_validated',
    from: ['started'],
    to: null,
    why: 'In the window, guard and purge are one.',
  },
  { event: 'guard_validated', from: ['applied'], to: null, why: 'All rows satisfy the guard.' },
  { event: 'guard_missing', from: ['applied'], to: null, why: 'Somebody else removed the guard.' },
  {
    event: 'guard_added',
    from: ['retired'],
    to: null,
    why: 'The file may go, the guard stays; somebody brings it back.',
  },
  {
    event: 'guard_validated',
    from: ['retired'],
    to: null,
    why: 'All rows satisfy the guard of a migration whose file may go.',
  },
  {
    event: 'guard_missing',
    from: ['retired'],
    to: null,
    why: 'Somebody else removed the guard that a retired migration has left.',
  },
  {
    event: 'guard_dropped',
    from: ['applied', 'held', 'retired'],
    to: null,
    why: 'A guard goes before or after a restore, or when its migration retires.',
  },

  {
    event: 'paused',
    from: ['pending', 'started', 'failed', 'interrupted', 'cancelled'],
    to: null,
    why: 'Batches wait until they are resumed.',
  },
  {
    event: 'resumed',
    from: ['pending', 'started', 'failed', 'interrupted', 'cancelled'],
    to: null,
    why: 'Batches go on.',
  },

  { event: 'backup', from: statuses, to: null, why: 'A backup says nothing about a migration.' },
  {
    event: 'archive_pruned',
    from: statuses,
    to: null,
    why: 'Archives end when their retention does.',
  },
  {
    event: 'archive_exported',
    from: statuses,
    to: null,
    why: 'A copy of an archive changes nothing.',
  },
];

/** The status after an event, or null when the event may not happen in this status. */
export function statusAfter(from: Status, event: EventName): Status | null {
  const edge = transitions.find((each) => each.event === event && each.from.includes(from));
  return edge === undefined ? null : (edge.to ?? from);
}

/** The status that an event alone leads to, or null for events that leave the status as it is. */
export function statusOf(event: EventName): Status | null {
  return transitions.find((each) => each.event === event)?.to ?? null;
}

/**
 * Returns the status after the event.
 * @throws HygieneError HYG_LEDGER_TRANSITION when the event may not happen in this status
 */
export function assertTransition(from: Status, event: EventName): Status {
  const to = statusAfter(from, event);
  if (to !== null) return to;
  const allowed = statuses.filter((status) => statusAfter(status, event) !== null);
  throw new HygieneError('HYG_LEDGER_TRANSITION', {
    message: `"${event}" cannot be recorded for a migration that is ${from}.`,
    hint: `It is possible for: ${allowed.join(', ')}. See where it stands with hygiene status.`,
    details: { from, event, allowed },
  });
}
