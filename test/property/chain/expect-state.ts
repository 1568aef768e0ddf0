import { expect } from '@jest/globals';

import type { ModelState } from './chain-model.ts';
import type { ChainWorld } from './chain-world.ts';

/** Ledger and data both say what the model says, and so the same. */
export async function expectState(world: ChainWorld, state: ModelState): Promise<void> {
  const left = await world.rowsLeft();
  const events = await world.events();
  const count = (name: string): readonly number[] =>
    events.map((own) => own.filter((each) => each === name).length);
  const applied = left.map((_, at) => Number(state.applied.has(at)));
  expect(count('applied')).toEqual(applied);
  expect(left).toEqual(applied.map((isGone, at) => (isGone === 1 ? 0 : at + 1)));
  expect(count('failed')).toEqual(state.failures);
  expect(count('started')).toEqual(applied.map((n, at) => n + (state.failures[at] ?? 0)));
  const skipped = left.map((_, at) => state.skipped.has(at));
  expect(events.map((own) => own.at(-1) === 'skipped')).toEqual(skipped);
  expect(await world.isLedgerIntact()).not.toBe(false);
}
