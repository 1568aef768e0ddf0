import { describe, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../../support/database.ts';
import { after, type Event, histories, START } from './chain-model.ts';
import { ChainWorld } from './chain-world.ts';
import { expectState } from './expect-state.ts';

const RUNS = 10;

/** Always tried: one migration applied, one skipped, one failing, and all of them in the end. */
const EVERY_OUTCOME: readonly Event[] = [
  { kind: 'up' },
  { kind: 'file' },
  { kind: 'file' },
  { kind: 'drop', at: 1 },
  { kind: 'break', at: 2 },
  { kind: 'up' },
  { kind: 'create', at: 1 },
  { kind: 'mend', at: 2 },
  { kind: 'up' },
];

describe('a chain of five migrations through any history of deploys', () => {
  const database = useDatabase();

  test('has applied exactly those whose rows are gone, each once and in order', async () => {
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
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000, examples: [[EVERY_OUTCOME]] },
    );
  });
});
