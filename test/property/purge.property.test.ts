import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../support/database.ts';
import { checkPurge, expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { randomDatabases } from './random-database.ts';

const RUNS = 25;

describe('a purge of any tables, keys and rows', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('is planned, applied, archived or refused as the oracle says', async () => {
    await fc.assert(
      fc.asyncProperty(randomDatabases, async (random) => {
        await checkPurge(world, random);
        await expectIntactLedger(world);
      }),
      // A counterexample is worth shrinking only as long as the test may take.
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    expect(world.seen.applied).toBeGreaterThan(0);
    expect(world.seen.refused).toBeGreaterThan(0);
  });
});
