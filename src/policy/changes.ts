import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';

/** What one table's counters say, and what the steps had announced for it. */
export interface ObservedChange {
  readonly table: string;
  /** As it is written in a config: without the quotes that SQL needs. */
  readonly reference: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** At most so many rows can have moved between partitions, each a delete in one and an insert in another. */
  readonly movable: number;
  readonly rewritten: boolean;
}

export interface ExpectedChange {
  readonly deleted: number;
  readonly updated: number;
  /** Survivors that the engine put back after it had emptied the table; null where it did not. */
  readonly reinserted: number | null;
}

export const NO_CHANGE: ExpectedChange = { deleted: 0, updated: 0, reinserted: null };

export interface SideEffect {
  readonly table: string;
  readonly reason: string;
  /** How many rows the application's own triggers may write into it for each removed row. */
  readonly rowsPerRemoved: number;
}

export interface ChangeRules {
  /** By table. A table that is absent may not change at all. */
  readonly expected: ReadonlyMap<string, ExpectedChange>;
  readonly sideEffects: readonly SideEffect[];
  /** True for function and SQL steps, whose updates and deletes are bounded by the budget instead. */
  readonly freeForm: boolean;
  readonly rowsRemoved: number;
}

export interface RecordedSideEffect {
  readonly table: string;
  readonly reason: string;
  readonly inserted: number;
  readonly updated: number;
}

/**
 * Holds the transaction's counters against the plan: nothing inserted, nothing truncated, nothing
 * changed that was not announced. Declared side effects are bounded and returned for the record.
 * @throws HygieneError HYG_RUN_INSERTED, HYG_RUN_TRUNCATED, HYG_RUN_UNPLANNED_CHANGE
 */
export function judgeChanges(
  observed: readonly ObservedChange[],
  rules: ChangeRules,
): readonly RecordedSideEffect[] {
  const recorded: RecordedSideEffect[] = [];
  for (const change of observed) {
    const expected = rules.expected.get(change.table) ?? NO_CHANGE;
    if (change.rewritten && expected.reinserted === null) throw truncated(change);
    const effect = rules.sideEffects.find((each) => each.table === change.table);
    if (effect !== undefined && !rules.expected.has(change.table)) {
      recorded.push(judgeSideEffect(change, effect, rules.rowsRemoved));
      continue;
    }
    judgeTable(change, expected, rules);
  }
  return recorded;
}

function judgeTable(change: ObservedChange, expected: ExpectedChange, rules: ChangeRules): void {
  const moved = rules.freeForm
    ? change.movable
    : Math.min(change.movable, Math.max(0, change.deleted - expected.deleted));
  const putBack = expected.reinserted ?? 0;
  if (change.inserted > moved + putBack) throw inserted(change, change.inserted - moved - putBack);
  if (rules.freeForm) return;
  const deleted = change.deleted - moved;
  const updated = change.updated + moved;
  if (deleted === expected.deleted && updated === expected.updated) return;
  throw new HygieneError('HYG_RUN_UNPLANNED_CHANGE', {
    message:
      `${change.table}: ${counted(deleted, 'row')} deleted and ${counted(updated, 'row')} updated, ` +
      `planned were ${counted(expected.deleted, 'row')} and ${counted(expected.updated, 'row')}.`,
    hint: sideEffectHint(change, 'A trigger or rule changed more (or less) than the plan.'),
    details: { ...change, plannedDeleted: expected.deleted, plannedUpdated: expected.updated },
  });
}

function judgeSideEffect(
  change: ObservedChange,
  effect: SideEffect,
  removed: number,
): RecordedSideEffect {
  const allowed = removed * effect.rowsPerRemoved;
  const written = change.inserted + change.updated;
  if (change.deleted > 0 || written > allowed) {
    throw new HygieneError('HYG_RUN_UNPLANNED_CHANGE', {
      message:
        `${change.table} is a declared side effect, but ${counted(written, 'row')} were written and ` +
        `${counted(change.deleted, 'row')} deleted for ${counted(removed, 'row')} removed.`,
      hint: `Allowed are ${counted(allowed, 'row')} written and none deleted. Look at the triggers of the purged tables.`,
      details: { ...change, allowed },
    });
  }
  const { table, reason } = effect;
  return { table, reason, inserted: change.inserted, updated: change.updated };
}

function inserted(change: ObservedChange, count: number): HygieneError {
  return new HygieneError('HYG_RUN_INSERTED', {
    message: `The migration inserted ${counted(count, 'row')} into ${change.table}. A cleanup inserts nothing.`,
    hint: sideEffectHint(change, 'Remove the INSERT.'),
    details: { ...change },
  });
}

function truncated(change: ObservedChange): HygieneError {
  return new HygieneError('HYG_RUN_TRUNCATED', {
    message: `The migration truncated, rewrote or dropped ${change.table}. That hides what was removed.`,
    hint: 'Use purge(rows(…)) instead: it counts, archives and keeps protected rows.',
    details: { ...change },
  });
}

function sideEffectHint({ reference }: ObservedChange, first: string): string {
  return [
    first,
    "If the application's own trigger wrote it, declare that in hygiene/config:",
    `  sideEffects: [{ table: '${reference}', reason: 'audit trigger of …' }]`,
  ].join('\n');
}
