import { RunnerProcess } from '../engine/runner-process.ts';
import { CROWD_ID, type Crowd, SMALL_BATCH_FLAGS } from './crowd.ts';

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Starts `hygiene up` and kills it with kill -9 somewhere in its batches, again and again; what must
 * hold is looked at after each.
 * @returns how many runs were killed before they could end
 */
export async function killRounds(crowd: Crowd, kills: number, seed: number): Promise<number> {
  const random = seeded(seed);
  const step = Math.floor((crowd.start.users * 3) / (kills + 2));
  let killed = 0;
  for (let round = 0; round < kills; round += 1) {
    const runner = new RunnerProcess(['up', ...SMALL_BATCH_FLAGS], {
      cwd: crowd.bench.directory,
      url: crowd.database.url,
    });
    await crowd.untilDone((await crowd.rowsDone()) + 1 + Math.floor(random() * step));
    runner.kill('SIGKILL');
    const { signal } = await runner.ended();
    if (signal === 'SIGKILL') killed += 1;
    await untilGone(crowd);
    await crowd.expectWhole();
  }
  return killed;
}

/** The server may still finish what the dead client has sent. */
async function untilGone({ database }: Crowd): Promise<void> {
  await database.execute(`
    do $$
    begin
      for try in 1 .. 3000 loop
        perform pg_stat_clear_snapshot();
        if not exists (select from pg_stat_activity
                        where datname = current_database() and application_name like 'hygiene%'
                          and application_name <> 'hygiene test') then return; end if;
        perform pg_sleep(0.01);
      end loop;
      raise exception '${CROWD_ID}: the runner is still there';
    end $$`);
}
