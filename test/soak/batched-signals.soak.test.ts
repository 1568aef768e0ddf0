import { describe, expect, test } from '@jest/globals';

import { RunnerProcess } from '../engine/runner-process.ts';
import { events } from '../engine/witness.ts';
import { freshDatabase } from '../support/database.ts';
import { Crowd, SMALL_BATCH_FLAGS } from '../batched/crowd.ts';
import { killRounds } from '../batched/kill-rounds.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_125);
const KILLS = 3;

describe('a run of batches that is ended', () => {
  test(`by kill -9, ${String(KILLS)} times (seed ${String(SEED)}), loses and doubles no row`, async () => {
    const crowd = await Crowd.gathered(await freshDatabase(), 3_000);
    const killed = await killRounds(crowd, KILLS, SEED);
    expect(killed).toBe(KILLS);
    const { error } = await crowd.up();
    expect(error).toBeNull();
    await crowd.expectWhole();
    expect(
      await crowd.database.query("select from users where email like '%@example.com'"),
    ).toEqual([]);
    const all = await events(crowd.database);
    expect(all.filter((event) => event === 'interrupted')).toHaveLength(KILLS);
    expect(all.slice(-3)).toEqual(['interrupted', 'started', 'applied']);
  }, 180_000);

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'by %s keeps what was committed, records it, and ends with %i',
    async (signal, code) => {
      const crowd = await Crowd.gathered(await freshDatabase(), 3_000);
      const runner = new RunnerProcess(['up', ...SMALL_BATCH_FLAGS], {
        cwd: crowd.bench.directory,
        url: crowd.database.url,
      });
      await crowd.untilDone(200);
      runner.kill(signal);
      const ended = await runner.ended();
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({
        code,
        stderr: expect.stringContaining(`Stopped by ${signal}`),
      });
      await crowd.expectWhole();
      expect(await events(crowd.database)).toEqual(['started', 'cancelled HYG_RUN_CANCELLED']);
      expect(await crowd.rowsDone()).toBeGreaterThan(0);
      expect((await crowd.up()).error).toBeNull();
      await crowd.expectWhole();
    },
  );
});
