import { expect, test } from '@jest/globals';

import { Crowd } from '../batched/crowd.ts';
import { killRounds } from '../batched/kill-rounds.ts';
import { freshDatabase } from '../support/database.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const KILLS = 50;

test(`kill -9 of a run of batches, ${String(KILLS)} times in a row (seed ${String(SEED)})`, async () => {
  const crowd = await Crowd.gathered(await freshDatabase(), 20_000);
  expect(await killRounds(crowd, KILLS, SEED)).toBe(KILLS);
  expect((await crowd.up()).error).toBeNull();
  await crowd.expectWhole();
  expect(await crowd.database.query("select from users where email like '%@example.com'")).toEqual(
    [],
  );
}, 900_000);
