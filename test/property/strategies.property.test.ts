import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Strategy } from '../../src/planner/strategy.ts';
import { useDatabase } from '../support/database.ts';
import { checkPurge, expectIntactLedger, openWorld, type PurgeWorld } from './check-purge.ts';
import { checkRestore, randomRestores } from './check-restore.ts';
import { randomDatabases } from './random-database.ts';

const RUNS = 30;

/**
 * Whatever the strategy, the rows that are left are those that the oracle says. Where a strategy is not
 * possible for these tables, `checkPurge` sees that it is refused and lets the planner choose.
 */
describe.each<Strategy>(['delete', 'detach', 'rewrite'])('in the window, %s', (strategy) => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  test('leaves what the oracle says, for any tables, keys and rows', async () => {
    await fc.assert(
      fc.asyncProperty(randomDatabases, (random) =>
        checkPurge(world, random, { window: 'maintenance', strategy }),
      ),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    await expectIntactLedger(world);
    expect(world.seen.applied).toBeGreaterThan(0);
    expect(world.strategies.has(strategy)).toBe(true);
  });

  test('is undone by a restore, to the row', async () => {
    world.strategies.clear();
    await fc.assert(
      fc.asyncProperty(randomRestores, (random) =>
        checkRestore(world, random, { window: 'maintenance', strategy }),
      ),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    expect(world.strategies.has(strategy)).toBe(true);
  });
});
