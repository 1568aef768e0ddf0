import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../support/database.ts';
import { expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { checkRestore, randomRestores } from './check-restore.ts';

const RUNS = 20;

describe('a restore of whatever was removed and changed', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('brings the start back, to the row', async () => {
    await fc.assert(
      fc.asyncProperty(randomRestores, (random) => checkRestore(world, random)),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    await expectIntactLedger(world);
    expect(world.seen.applied).toBeGreaterThan(0);
  });
});
