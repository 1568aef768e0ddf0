import { describe, expect, test } from '@jest/globals';
import { eventNames } from '../../src/ledger/events.ts';
import {
  assertTransition,
  statusAfter,
  statusOf,
  statuses,
  transitions,
} from '../../src/ledger/transitions.ts';

/** What changes a status, written down a second time: status before, event, status after. */
const turns = [
  'pending started started',
  'failed started started',
  'interrupted started started',
  'cancelled started started',
  'skipped started started',
  'started applied applied',
  'started failed failed',
  'started interrupted interrupted',
  'started cancelled cancelled',
  'pending skipped skipped',
  'skipped skipped skipped',
  'failed skipped skipped',
  'interrupted skipped skipped',
  'cancelled skipped skipped',
  'pending baseline baselined',
  'skipped baseline baselined',
  'failed baseline baselined',
  'interrupted baseline baselined',
  'cancelled baseline baselined',
  'applied restored held',
  'failed restored held',
  'interrupted restored held',
  'cancelled restored held',
  'held reapplied pending',
  'applied reapplied pending',
  'baselined reapplied pending',
  'applied retired retired',
  'baselined retired retired',
  'held retired retired',
  'failed retired retired',
  'interrupted retired retired',
  'cancelled retired retired',
  'skipped retired retired',
];

/** Events that leave the status as it is, and the statuses in which they may happen. */
const remarks: Readonly<Record<string, readonly string[]>> = {
  verified: ['applied', 'baselined'],
  approved: ['pending', 'failed', 'interrupted', 'cancelled', 'skipped', 'held'],
  rehearsed: ['pending', 'failed', 'interrupted', 'cancelled', 'skipped', 'held'],
  guard_added: ['started', 'applied', 'retired'],
  guard_validated: ['started', 'applied', 'retired'],
  guard_missing: ['applied', 'retired'],
  guard_dropped: ['applied', 'held', 'retired'],
  paused: ['pending', 'started', 'failed', 'interrupted', 'cancelled'],
  resumed: ['pending', 'started', 'failed', 'interrupted', 'cancelled'],
  backup: statuses,
  archive_pruned: statuses,
  archive_exported: statuses,
};

test('exactly the written-down events change a status or may be remarked', () => {
  const allowed = new Set([
    ...turns,
    ...Object.entries(remarks).flatMap(([event, from]) =>
      from.map((status) => `${status} ${event} ${status}`),
    ),
  ]);
  const found = statuses
    .flatMap((from) =>
      eventNames.map((event) => `${from} ${event} ${String(statusAfter(from, event))}`),
    )
    .filter((edge) => !edge.endsWith(' null'));
  expect(new Set(found)).toEqual(allowed);
});

test('each edge is in the table once, with a sentence that says why', () => {
  const edges = transitions.flatMap(({ event, from }) => from.map((each) => `${event} ${each}`));
  expect(new Set(edges).size).toBe(edges.length);
  expect(transitions.filter(({ why }) => !/^[A-Z].+\.$/.test(why))).toEqual([]);
});

test('an event leads to one status, whatever was before', () => {
  for (const event of eventNames) {
    const to = new Set(transitions.filter((each) => each.event === event).map((each) => each.to));
    expect([...to]).toEqual([statusOf(event)]);
  }
});

describe('asserting a transition', () => {
  test('gives the status after the event', () => {
    expect(assertTransition('started', 'applied')).toBe('applied');
    expect(assertTransition('applied', 'verified')).toBe('applied');
  });

  test('refuses an event that does not follow, and says when it would', () => {
    expect(() => assertTransition('applied', 'started')).toThrow(
      expect.objectContaining({
        code: 'HYG_LEDGER_TRANSITION',
        message: '"started" cannot be recorded for a migration that is applied.',
        hint: 'It is possible for: pending, failed, interrupted, cancelled, skipped. See where it stands with hygiene status.',
        details: {
          from: 'applied',
          event: 'started',
          allowed: ['pending', 'failed', 'interrupted', 'cancelled', 'skipped'],
        },
      }),
    );
  });
});
