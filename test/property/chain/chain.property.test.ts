import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../../support/database.ts';
import { after, histories, START } from './chain-model.ts';
import { ChainWorld } from './chain-world.ts';
import { expectState } from './expect-state.ts';

const RUNS = 25;

describe('a chain of five migrations through any history of deploys', () => {
  const database = useDatabase();

  test('has applied exactly those whose rows are gone, each once and in order', async () => {
    const seen = { applied: 0, skipped: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const world = await ChainWorld.create(database);
        let state = START;
        try {
          for (const event of history) {
            state = after(state, event);
            await world.happen(event, state.files);
            await expectState(world, state);
          }
        } finally {
          await world.close();
        }
        seen.applied += state.applied.size;
        seen.skipped += state.skipped.size;
        seen.failed += state.failures.reduce((sum, each) => sum + each, 0);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    expect(Math.min(seen.applied, seen.skipped, seen.failed)).toBeGreaterThan(0);
  });
});
