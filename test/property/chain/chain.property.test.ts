import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../../support/database.ts';
import { after, histories, START } from './chain-model.ts';
import { ChainWorld } from './chain-world.ts';

describe('a chain of five migrations through any history of deploys', () => {
  const database = useDatabase();

  test('has applied exactly those whose rows are gone, each once and in order', async () => {
    const seen = { failed: 0, skipped: 0, applied: 0 };
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const world = await ChainWorld.create(database);
        let state = START;
        for (const event of history) {
          state = after(state, event);
          await world.happen(event, state.files);
          const left = await world.rowsLeft();
          const events = await world.events();
          const count = (name: string): readonly number[] =>
            events.map((own) => own.filter((each) => each === name).length);
          const applied = left.map((_, at) => Number(state.applied.has(at)));
          expect(count('applied')).toEqual(applied);
          expect(left).toEqual(left.map((_, at) => (state.applied.has(at) ? 0 : at + 1)));
          expect(count('failed')).toEqual(state.failures);
          expect(count('started')).toEqual(applied.map((n, at) => n + (state.failures[at] ?? 0)));
          expect(events.map((own) => own.at(-1) === 'skipped')).toEqual(
            left.map((_, at) => state.skipped.has(at)),
          );
          expect(await world.isLedgerIntact()).not.toBe(false);
        }
        seen.applied += state.applied.size;
        seen.skipped += state.skipped.size;
        seen.failed += state.failures.reduce((sum, each) => sum + each, 0);
        await world.close();
      }),
      { numRuns: 25, interruptAfterTimeLimit: 45_000 },
    );
    expect(Math.min(seen.applied, seen.skipped, seen.failed)).toBeGreaterThan(0);
  });
});
