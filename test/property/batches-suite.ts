import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../support/database.ts';
import { checkBatches, checkOneBatch, mayChangeWhatGoes } from './check-batches.ts';
import { expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { randomDatabases } from './random-database.ts';

interface Extent {
  readonly runs: number;
  /** Milliseconds for each property. */
  readonly limitMs: number;
}

const properties = [
  {
    name: 'that is one batch leaves and archives what the oracle says',
    databases: randomDatabases,
    check: checkOneBatch,
    batchSize: 1_000,
  },
  {
    name: 'that is many leaves what the oracle says, and is undone by a restore',
    databases: randomDatabases.filter((random) => !mayChangeWhatGoes(random)),
    check: checkBatches,
    batchSize: 3,
  },
];

export function batchesSuite({ runs, limitMs }: Extent): void {
  describe.each(properties)('a purge in batches', ({ name, databases, check, batchSize }) => {
    const database = useDatabase();
    let world: PurgeWorld;

    beforeAll(async () => {
      world = await openWorld(database);
    });

    afterAll(() => world.bench.close());

    test(
      name,
      async () => {
        const how = { window: 'online', strategy: null, batchSize } as const;
        await fc.assert(
          fc.asyncProperty(databases, (random) => check(world, random, how)),
          { numRuns: runs, interruptAfterTimeLimit: limitMs },
        );
        await expectIntactLedger(world);
        expect(world.seen.applied).toBeGreaterThan(0);
      },
      limitMs + 15_000,
    );
  });
}
