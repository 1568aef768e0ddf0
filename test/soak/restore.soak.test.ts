import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { expectIntactLedger, openWorld, type PurgeWorld } from '../property/check-purge.ts';
import { checkRestore, randomRestores } from '../property/check-restore.ts';
import { useDatabase } from '../support/database.ts';

const RUNS_PER_DATABASE = 250;

describe.each([1, 2, 3, 4])('a restore of whatever was removed and changed, part %i of 4', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('brings the start back, to the row', async () => {
    await fc.assert(
      fc.asyncProperty(randomRestores, (random) => checkRestore(world, random)),
      { numRuns: RUNS_PER_DATABASE, interruptAfterTimeLimit: 540_000 },
    );
    await expectIntactLedger(world);
    expect(world.seen.applied).toBeGreaterThan(0);
    expect(world.seen.refused).toBeGreaterThan(0);
  }, 600_000);
});
