import { afterAll, beforeAll, describe, test } from '@jest/globals';
import fc from 'fast-check';

import { Lives, randomLives } from '../ledger/random-lives.ts';
import { useDatabase } from '../support/database.ts';

/** In several databases: each life makes and drops a ledger, and leaves dead catalog rows behind. */
const LIVES_PER_DATABASE = 250;

describe.each([1, 2, 3, 4])('a thousand ledgers, part %i of 4', () => {
  const database = useDatabase();
  let lives: Lives;

  beforeAll(async () => {
    lives = await Lives.in(database.url);
  });

  afterAll(() => lives.close());

  test('give no false alarm', async () => {
    await fc.assert(
      fc.asyncProperty(randomLives, (acts) => lives.live(acts)),
      {
        numRuns: LIVES_PER_DATABASE,
        interruptAfterTimeLimit: 540_000,
        markInterruptAsFailure: true,
      },
    );
  }, 600_000);
});
