import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  checkPurge,
  expectIntactLedger,
  openWorld,
  type PurgeWorld,
} from '../property/check-purge.ts';
import { randomDatabases } from '../property/random-database.ts';
import { useDatabase } from '../support/database.ts';

const RUNS_PER_DATABASE = 250;

/** A database for each part, since every run reads the ledger and the ledger only grows. */
describe.each([1, 2, 3, 4, 5, 6])('a purge of any tables, keys and rows, part %i of 6', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('is planned, applied, archived or refused as the oracle says', async () => {
    await fc.assert(
      fc.asyncProperty(randomDatabases, (random) => checkPurge(world, random)),
      { numRuns: RUNS_PER_DATABASE, interruptAfterTimeLimit: 540_000 },
    );
    await expectIntactLedger(world);
    expect(world.seen.applied).toBeGreaterThan(0);
    expect(world.seen.refused).toBeGreaterThan(0);
  }, 600_000);
});
