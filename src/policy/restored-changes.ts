import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { ObservedChange, RecordedSideEffect, SideEffect } from './changes.ts';

export interface RestoredChange {
  readonly inserted: number;
  readonly updated: number;
}

export interface RestoreRules {
  /** By table. A table that is absent may not change at all. */
  readonly expected: ReadonlyMap<string, RestoredChange>;
  readonly sideEffects: readonly SideEffect[];
  /** Triggers that fired, as `name on table`: what is unexpected is their doing. */
  readonly triggers: readonly string[];
}

/**
 * Holds the transaction's counters against what went back. Declared side effects are bounded by the rows
 * that went back, and returned for the record.
 * @throws HygieneError HYG_RUN_RESTORE_DIFFERS, HYG_RUN_UNPLANNED_CHANGE
 */
export function judgeRestore(
  observed: readonly ObservedChange[],
  rules: RestoreRules,
): readonly RecordedSideEffect[] {
  const rows = [...rules.expected.values()].reduce(
    (sum, { inserted, updated }) => sum + inserted + updated,
    0,
  );
  const recorded: RecordedSideEffect[] = [];
  for (const change of observed) {
    const expected = rules.expected.get(change.table);
    const effect = rules.sideEffects.find(({ table }) => table === change.table);
    if (expected !== undefined) judgeTable(change, expected, rules.triggers);
    else if (effect === undefined) throw unexpected(change, rules.triggers);
    else recorded.push(judgeSideEffect(change, effect, rows));
  }
  return recorded;
}

/** A row that an UPDATE moves to another partition counts as deleted in one and inserted in the other. */
function judgeTable(
  change: ObservedChange,
  expected: RestoredChange,
  triggers: readonly string[],
): void {
  const moved = Math.min(change.movable, change.deleted);
  const isExact =
    !change.rewritten &&
    change.deleted === moved &&
    change.inserted - moved === expected.inserted &&
    change.updated + moved === expected.updated;
  if (isExact) return;
  throw new HygieneError('HYG_RUN_RESTORE_DIFFERS', {
    message:
      `${change.table}: ${counted(expected.inserted, 'row')} went back and ${counted(expected.updated, 'change')} ` +
      `of rows, but ${counted(change.inserted, 'row')} were inserted, ${counted(change.updated, 'row')} updated and ` +
      `${counted(change.deleted, 'row')} deleted. Everything was rolled back.`,
    hint: triggerHint(triggers, change.table),
    details: { ...change, expected },
  });
}

function judgeSideEffect(
  change: ObservedChange,
  { table, reason, rowsPerRemoved }: SideEffect,
  rows: number,
): RecordedSideEffect {
  const { inserted, updated, deleted } = change;
  const allowed = rows * rowsPerRemoved;
  if (deleted === 0 && inserted + updated <= allowed) return { table, reason, inserted, updated };
  throw new HygieneError('HYG_RUN_UNPLANNED_CHANGE', {
    message: `${table} is a declared side effect, but ${counted(inserted + updated, 'row')} were written and ${counted(deleted, 'row')} deleted for ${counted(rows, 'row')} that went back.`,
    hint: `Allowed are ${counted(allowed, 'row')} written and none deleted. Look at the triggers of the tables.`,
    details: { ...change, allowed },
  });
}

function unexpected(change: ObservedChange, triggers: readonly string[]): HygieneError {
  const { table, reference, inserted, updated, deleted } = change;
  return new HygieneError('HYG_RUN_UNPLANNED_CHANGE', {
    message: `The restore changed ${table} too: ${counted(inserted, 'row')} inserted, ${grouped(updated, deleted)}. Everything was rolled back.`,
    hint: [
      triggerHint(triggers, table),
      "If that is the application's own audit, declare it in hygiene/config:",
      `  sideEffects: [{ table: '${reference}', reason: 'audit trigger of …' }]`,
    ].join('\n'),
    details: { ...change },
  });
}

function grouped(updated: number, deleted: number): string {
  return `${counted(updated, 'row')} updated, ${counted(deleted, 'row')} deleted`;
}

function triggerHint(triggers: readonly string[], table: string): string {
  return triggers.length === 0
    ? `Look for a rule on ${table}: \\d ${table}`
    : `Look at the triggers ${triggers.join(', ')}.`;
}
