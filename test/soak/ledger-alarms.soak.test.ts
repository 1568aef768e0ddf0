import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';

import { Lives, randomLives } from '../ledger/random-lives.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
let lives: Lives;

beforeAll(async () => {
  lives = await Lives.in(database.url);
});

afterAll(() => lives.close());

test('none of a thousand ledgers gives a false alarm', async () => {
  await fc.assert(
    fc.asyncProperty(randomLives, (acts) => lives.live(acts)),
    { numRuns: 1_000, interruptAfterTimeLimit: 540_000, markInterruptAsFailure: true },
  );
}, 600_000);
