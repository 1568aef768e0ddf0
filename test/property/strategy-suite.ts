import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Strategy } from '../../src/planner/strategy.ts';
import { useDatabase } from '../support/database.ts';
import { checkPurge, expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { checkRestore, randomRestores } from './check-restore.ts';
import { randomDatabases } from './random-database.ts';

interface Extent {
  readonly runs: number;
  /** Milliseconds for each property. */
  readonly limitMs: number;
}

/**
 * Whatever the strategy, the rows that are left are those that the oracle says, and a restore brings the
 * start back. Where a strategy is not possible for these tables, `checkPurge` sees that it is refused and
 * lets the planner choose.
 */
export function strategySuite({ runs, limitMs }: Extent): void {
  describe.each<Strategy>(['delete', 'detach', 'rewrite'])('in the window, %s', (strategy) => {
    const database = useDatabase();
    const how = { window: 'maintenance', strategy, batchSize: null } as const;
    const limits = { numRuns: runs, interruptAfterTimeLimit: limitMs };
    let world: PurgeWorld;

    beforeAll(async () => {
      world = await openWorld(database);
    });

    afterAll(() => world.bench.close());

    test(
      'leaves what the oracle says, for any tables, keys and rows',
      async () => {
        await fc.assert(
          fc.asyncProperty(randomDatabases, (random) => checkPurge(world, random, how)),
          limits,
        );
        await expectIntactLedger(world);
        expect(world.strategies.has(strategy)).toBe(true);
      },
      limitMs + 15_000,
    );

    test(
      'is undone by a restore, to the row',
      async () => {
        world.strategies.clear();
        await fc.assert(
          fc.asyncProperty(randomRestores, (random) => checkRestore(world, random, how)),
          limits,
        );
        expect(world.strategies.has(strategy)).toBe(true);
      },
      limitMs + 15_000,
    );
  });
}
