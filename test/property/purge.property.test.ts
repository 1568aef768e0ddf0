import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { useDatabase } from '../support/database.ts';
import { checkPurge, type PurgeWorld } from './check-purge.ts';
import { PropertyBench } from './property-bench.ts';
import { randomDatabases } from './random-database.ts';

const RUNS = 60;

describe('a purge of any tables, keys and rows', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = { database, bench: await PropertyBench.open(database, ['one']), applied: [] };
  });

  afterAll(() => world.bench.close());

  test('is planned, applied, archived or refused as the oracle says', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(randomDatabases, async (random) => {
        const kind = await checkPurge(world, random);
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        const chain = await database.query('select ok, problem from hygiene.verify_ledger()');
        expect(chain).toEqual([{ ok: true, problem: null }]);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 45_000 },
    );
    // Were one of them missing, half of the property would prove nothing.
    expect(Math.min(seen.get('applied') ?? 0, seen.get('refused') ?? 0)).toBeGreaterThan(RUNS / 10);
  });
});
