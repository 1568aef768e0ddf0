import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../support/database.ts';
import { checkCluster } from './check-cluster.ts';
import { expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { randomDatabases } from './random-database.ts';

describe('a purge of tables that a cluster keeps', () => {
  const database = useDatabase('cluster.sql');
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('leaves what the oracle says and can be restored, for any tables, keys and rows', async () => {
    await fc.assert(
      fc.asyncProperty(randomDatabases, (random) => checkCluster(world, random)),
      { numRuns: 40, interruptAfterTimeLimit: 45_000 },
    );
    await expectIntactLedger(world);
    expect(world.seen.applied).toBeGreaterThan(0);
    expect(world.seen.refused).toBeGreaterThan(0);
  });
});
