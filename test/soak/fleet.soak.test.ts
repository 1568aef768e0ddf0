import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

import { expect, test } from '@jest/globals';

import { type Fleet, fleetOf, leftIn, listTargets } from '../fleet/fleets.ts';

const SIZE = 200;

/** A worker in a process of its own, so that it can be killed. */
function startWorker({ cwd, queue }: Fleet): ChildProcess {
  const bin = resolve('src/cli/bin.ts');
  const env = {
    ...process.env,
    HYGIENE_QUEUE_URL: queue.url,
    TSX_TSCONFIG_PATH: resolve('tsconfig.json'),
  };
  const args = ['--import', resolve('node_modules/tsx/dist/loader.mjs'), bin];
  return spawn(process.execPath, [...args, 'fleet', 'work', '--targets', 'targets.json'], {
    ...{ cwd, env, stdio: 'ignore' },
  });
}

/** What a target that was down still holds, and what the others do. */
function expectedRows(down: number): readonly number[] {
  return Array.from({ length: SIZE }, (_, at) => (at === down ? 5 : 0));
}

async function doneIn(fleet: Fleet): Promise<number> {
  return (await statuses(fleet))['done'] ?? 0;
}

async function statuses({ queue }: Fleet): Promise<Readonly<Record<string, number>>> {
  const rows = await queue.query<{ status: string; n: number }>(
    'select status, count(*)::int as n from hygiene_fleet.targets group by 1',
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

test(
  `${String(SIZE)} databases, a worker killed in the middle and a target that is down`,
  async () => {
    const fleet = await fleetOf(SIZE);
    listTargets(fleet.cwd, fleet.databases, { 77: 'postgres://nobody:x@127.0.0.1:9/nothing' });
    await fleet.run('enqueue --wave-size 50 --on-failure continue');
    const [killed, other] = [startWorker(fleet), startWorker(fleet)];
    while ((await doneIn(fleet)) < 60) await new Promise(setImmediate);
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
    const [code] = (await once(other, 'exit')) as [number];
    expect(code).toBe(1);
    expect(await statuses(fleet)).toEqual({ done: SIZE - 1, failed: 1 });
    expect(await leftIn(fleet.databases)).toEqual(expectedRows(77));

    listTargets(fleet.cwd, fleet.databases);
    await fleet.run('enqueue --wave-size 50 --on-failure continue --run again');
    expect(await fleet.run('work --run again')).toMatchObject({ code: 0 });
    expect(await statuses(fleet)).toMatchObject({ done: 2 * SIZE - 1 });
    expect(await leftIn(fleet.databases)).toEqual(Array.from({ length: SIZE }, () => 0));
  },
  20 * 60_000,
);
