import { beforeEach, describe, expect, test } from '@jest/globals';

import { statusOperation } from '../../src/app/operations/status.ts';
import { statusText } from '../../src/report/status.ts';
import { RunnerProcess } from '../engine/runner-process.ts';
import { contents, countOf, events } from '../engine/witness.ts';
import { migration } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { downgradeLedger } from '../support/ledger-before.ts';
import { Crowd, CROWD_ID, SMALL_BATCH_FLAGS } from '../batched/crowd.ts';

const LATER = '20260102000000_later';

describe('what other commands ask of a run of batches', () => {
  let database: TestDatabase;
  let crowd: Crowd;
  let variables: Record<string, string>;

  beforeEach(async () => {
    database = await freshDatabase();
    crowd = await Crowd.gathered(database, 3_000);
    variables = { DATABASE_URL: database.url };
  });

  function hygiene(...argv: readonly string[]): Promise<CliRun> {
    return runCli(argv, { cwd: crowd.bench.directory, variables });
  }

  function start(...argv: readonly string[]): RunnerProcess {
    const options = { cwd: crowd.bench.directory, url: database.url };
    return new RunnerProcess([...argv, ...SMALL_BATCH_FLAGS], options);
  }

  async function untilPaused(): Promise<void> {
    await database.execute(`
      do $$
      begin
        for try in 1 .. 3000 loop
          if exists (select from hygiene.progress where waiting_for like 'a pause%') then return; end if;
          perform pg_sleep(0.01);
          commit;
        end loop;
        raise exception 'the run never paused';
      end $$`);
  }

  test('pause lets it wait, status says by whom, resume lets it go on', async () => {
    const runner = start('up');
    await crowd.untilDone(200);
    const paused = await hygiene('pause', CROWD_ID, '--reason', 'a quiet evening');
    expect(paused.code).toBe(0);
    expect(paused.stdout).toContain(`Next: hygiene resume ${CROWD_ID}`);
    await untilPaused();
    const done = await crowd.rowsDone();
    const status = await statusOperation(crowd.bench.world(), crowd.bench.options());
    expect(status.migrations[0]?.progress).toMatchObject({
      runnerAlive: true,
      request: 'pause',
      rowsDone: done,
    });
    expect(statusText(status).join('\n')).toMatch(
      /in batches, [\d,]+ of [\d,]+ rows done, paused by \S+; a run is/,
    );
    expect((await hygiene('pause', CROWD_ID)).stdout).toContain('before');
    expect(await crowd.rowsDone()).toBe(done);
    expect((await hygiene('resume', CROWD_ID)).code).toBe(0);
    expect((await runner.ended()).code).toBe(0);
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'paused', 'resumed', 'applied']);
    const [applied] = await database.query(
      "select (evidence -> 'batches' -> 'waitedMs' ->> 'paused')::float8 > 0 as waited from hygiene.ledger where event = 'applied'",
    );
    expect(applied).toEqual({ waited: true });
  });

  test('cancel ends the run with exit 1 and says how to go on and how to put back', async () => {
    const runner = start('up');
    await crowd.untilDone(200);
    const cancelled = await hygiene('cancel', CROWD_ID, '--reason', 'wrong rows');
    expect(cancelled.code).toBe(0);
    const ended = await runner.ended();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('HYG_BATCH_CANCELLED');
    expect(ended.stderr).toContain('wrong rows');
    expect(ended.stderr).toContain('hygiene up   goes on');
    expect(ended.stderr).toContain(`hygiene restore ${CROWD_ID}`);
    expect(ended.stdout).toContain('stay done');
    await crowd.expectWhole();
    expect(await events(database)).toEqual(['started', 'cancelled HYG_BATCH_CANCELLED']);
    expect((await hygiene('up', ...SMALL_BATCH_FLAGS)).code).toBe(0);
    await crowd.expectWhole();
    expect(await events(database)).toEqual([
      'started',
      'cancelled HYG_BATCH_CANCELLED',
      'started',
      'applied',
    ]);
  });

  test('what is cancelled can be put back, but not while a run is at work on it', async () => {
    const original = await contents(database);
    const runner = start('up');
    await crowd.untilDone(200);
    const early = await hygiene('restore', CROWD_ID);
    expect(early.code).toBe(6);
    expect(early.stderr).toContain(`hygiene cancel ${CROWD_ID}`);
    expect((await hygiene('cancel', CROWD_ID)).code).toBe(0);
    expect((await runner.ended()).code).toBe(1);
    expect((await hygiene('restore', CROWD_ID, '--reason', 'wrong rows')).code).toBe(0);
    expect(await contents(database)).toEqual(original);
    expect((await hygiene('up')).stdout).toContain(`held: ${CROWD_ID}`);
    expect(await contents(database)).toEqual(original);
    expect((await hygiene('reapply', CROWD_ID, '--reason', 'right after all')).code).toBe(0);
    expect((await hygiene('up')).code).toBe(0);
    expect(await countOf(database, "users where email like '%@example.com'")).toBe(0);
    expect(await database.query('select ok from hygiene.verify_ledger()')).toEqual([{ ok: true }]);
  });

  test('--max-duration stops between batches, later migrations wait, work goes on', async () => {
    crowd.bench.write(
      `${LATER}.ts`,
      migration({
        up: "purge(rows('payments', sql`false`))",
        verify: "await expect.atLeast('users', 1);",
      }),
    );
    const first = await hygiene('up', '--max-duration', '0.2', '--json', ...SMALL_BATCH_FLAGS);
    const document = first.json();
    expect(document).toMatchObject({
      outcome: 'in_progress',
      exitCode: 0,
      remaining: [CROWD_ID, LATER],
    });
    expect(await events(database)).toEqual(['started', 'paused']);
    const again = await hygiene('work', '--max-duration', '0.2s', ...SMALL_BATCH_FLAGS);
    expect(again.stdout).toContain('in progress');
    expect(again.stdout).toContain('Next: hygiene work');
    await crowd.expectWhole();
    expect((await hygiene('work')).code).toBe(0);
    await crowd.expectWhole();
    const all = await events(database);
    expect(all.slice(0, 4)).toEqual(['started', 'paused', 'resumed', 'paused']);
    expect(all.at(-1)).toBe('applied');
    expect((await hygiene('work')).stdout).toContain('no migration in batches is in progress');
    expect(
      await database.query(`select from hygiene.ledger where migration_id = '${LATER}'`),
    ).toEqual([]);
  });

  test('a paused migration ends an up with exit 0; a cancel without a run records itself', async () => {
    await hygiene('up', '--max-duration', '0.2', ...SMALL_BATCH_FLAGS);
    await hygiene('pause', CROWD_ID);
    const up = await hygiene('up');
    expect(up.code).toBe(0);
    expect(up.stdout).toContain(`hygiene resume ${CROWD_ID}`);
    await hygiene('resume', CROWD_ID);
    const cancel = await hygiene('cancel', CROWD_ID);
    expect(cancel.stdout).toContain('no run was at work');
    expect((await hygiene('cancel', CROWD_ID)).stdout).toContain('no run is at work');
    expect(await events(database)).toEqual(['started', 'paused', 'paused', 'resumed', 'cancelled']);
    expect((await hygiene('up')).code).toBe(0);
    await crowd.expectWhole();
  });

  test.each(['pause', 'resume', 'cancel'])(
    '%s of what has no batches is exit 2',
    async (command) => {
      const { code, stderr } = await hygiene(command, 'unknown');
      expect(code).toBe(2);
      expect(stderr).toContain('HYG_BATCH_NOT_FOUND');
    },
  );

  test('a ledger of the version before is told, and nothing is changed', async () => {
    await downgradeLedger(database);
    const up = await hygiene('up');
    expect(up.code).toBe(2);
    expect(up.stderr).toContain('hygiene init --upgrade');
    expect(await events(database)).toEqual([]);
    expect((await hygiene('work')).stdout).toContain('no migration in batches is in progress');
    expect((await hygiene('pause', CROWD_ID)).stderr).toContain('HYG_LEDGER_OUTDATED');
    expect((await hygiene('status')).code).toBe(0);
  });
});
