import type { ScrubStep, Step } from './steps.ts';

/**
 * The stage of each step, from 1 on. What the steps of one stage have removed and changed goes back
 * together, by the order of the foreign keys; stages go back one by one, the last first, since what an
 * earlier step took away may need values that a later step has changed. Purges in a row are one stage, and
 * so are scrubs of one table, whose archive has the changes in their order.
 */
export function stagesOf(steps: readonly Step[]): readonly number[] {
  let stage = 1;
  return steps.map((step, at) => {
    const before = steps[at - 1];
    if (before !== undefined && !goBackTogether(before, step)) stage += 1;
    return stage;
  });
}

function goBackTogether(before: Step, step: Step): boolean {
  if (before.kind === 'purge') return step.kind === 'purge';
  return before.kind === 'scrub' && step.kind === 'scrub' && areOfOneTable(before, step);
}

function areOfOneTable(...scrubs: readonly ScrubStep[]): boolean {
  return new Set(scrubs.map(({ rows }) => JSON.stringify(rows.table))).size === 1;
}
