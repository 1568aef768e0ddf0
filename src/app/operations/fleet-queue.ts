import { openShared, type SharedDatabase } from '../../database/pool.ts';
import { FleetQueue } from '../../fleet/queue.ts';
import { FleetState, type TargetState } from '../../fleet/fleet-state.ts';
import { splitIntoWaves, type WaveSizes } from '../../fleet/waves.ts';
import { HygieneError } from '../../kernel/errors.ts';
import type { ConnectOptions, World } from '../compose.ts';
import { type FleetTarget, readTargets, type TargetsSource } from '../fleet-targets.ts';
import { assertCount, fleetError, upOnTarget } from './fleet.ts';

export interface QueueOptions extends ConnectOptions {
  /** Where the queue is. */
  readonly queueUrl: string;
  /** Name of the run; null: the newest. */
  readonly run: string | null;
}

export interface EnqueueOptions extends QueueOptions, WaveSizes {
  readonly targets: TargetsSource;
  readonly goOn: boolean;
}

export interface WorkOptions extends QueueOptions {
  readonly targets: TargetsSource;
  readonly concurrency: number;
  readonly confirmTargets: number | null;
}

export interface QueuedRun {
  readonly run: string;
  readonly targets: readonly TargetState[];
  readonly error: HygieneError | null;
}

const SETTLED: ReadonlySet<TargetState['status']> = new Set(['done', 'failed', 'stopped']);
/** How often a worker without work looks whether there is some. */
const LOOK_EVERY_MS = 500;
/** The queue itself needs some beside the workers. */
const SPARE_CONNECTIONS = 3;

/** Puts a run into the queue, or takes one up again: only the names of its targets, never a URL. */
export function fleetEnqueueOperation(world: World, options: EnqueueOptions): Promise<QueuedRun> {
  return withQueue(options, 1, async (state, queue) => {
    const targets = await readTargets(world, options.targets);
    const names = targets.map(({ name }) => name);
    const run = options.run ?? world.clock.now().toISOString();
    await state.begin({ run, goOn: options.goOn, waves: splitIntoWaves(names, options) });
    await queue.add(run, await state.advance(run));
    return { run, targets: await state.targets(run), error: null };
  });
}

export function fleetQueueStatusOperation(_: World, options: QueueOptions): Promise<QueuedRun> {
  return withQueue(options, 1, async (state) => {
    const run = await runOf(state, options);
    const targets = await state.targets(run);
    return { run, targets, error: errorOf(targets) };
  });
}

/** Works on a queued run until all of its targets have ended, beside any number of other machines. */
export function fleetWorkOperation(world: World, options: WorkOptions): Promise<QueuedRun> {
  const { concurrency, confirmTargets } = options;
  return withQueue(options, concurrency, async (state, queue) => {
    const known = await readTargets(world, options.targets);
    assertCount(known, confirmTargets);
    const run = await runOf(state, options);
    const byName = new Map(known.map((target) => [target.name, target]));
    const runTarget = (target: string): ReturnType<typeof upOnTarget> =>
      upOnTarget(world, options, assertKnown(byName, target));
    assertAllKnown(byName, await state.targets(run));
    for (;;) {
      await queue.drain({ state, concurrency, signal: world.signal, run: runTarget });
      const targets = await state.targets(run);
      const isOver = targets.every(({ status }) => SETTLED.has(status));
      if (isOver || world.signal.aborted) return { run, targets, error: errorOf(targets) };
      await revive(run, state, queue);
      await world.clock.sleep(LOOK_EVERY_MS, world.signal).catch(() => undefined);
    }
  });
}

/** A worker may have died at any point: with a target, or before it could put the next wave in. */
async function revive(run: string, state: FleetState, queue: FleetQueue): Promise<void> {
  await queue.unlock(await state.deadWorkers(run));
  await state.advance(run);
  const targets = await state.targets(run);
  if (targets.some(({ status }) => status === 'running')) return;
  const queued = targets.filter(({ status }) => status === 'queued');
  await queue.add(
    run,
    queued.map(({ name }) => name),
  );
}

async function withQueue<T>(
  { queueUrl }: QueueOptions,
  concurrency: number,
  work: (state: FleetState, queue: FleetQueue) => Promise<T>,
): Promise<T> {
  const shared: SharedDatabase = openShared(
    queueUrl,
    '--queue-url',
    concurrency + SPARE_CONNECTIONS,
  );
  const queue = await FleetQueue.open(shared);
  const connection = await shared.source.connect();
  try {
    const state = new FleetState(connection);
    await state.prepare();
    return await work(state, queue);
  } finally {
    await connection.close();
    await shared.close();
  }
}

/** @throws HygieneError HYG_USAGE where there is none */
async function runOf(state: FleetState, { run }: QueueOptions): Promise<string> {
  const found = run ?? (await state.newestRun());
  if (found !== null && (await state.goesOn(found)) !== null) return found;
  throw new HygieneError('HYG_USAGE', {
    message:
      run === null ? 'Nothing was put into the queue yet.' : `The queue knows no run ${run}.`,
    hint: 'hygiene fleet enqueue --targets FILE   begins one.',
  });
}

/** A worker that does not know a target must not take it: it would pass for done, or for failed. */
function assertAllKnown(
  known: ReadonlyMap<string, FleetTarget>,
  targets: readonly TargetState[],
): void {
  for (const { name } of targets) assertKnown(known, name);
}

function assertKnown(known: ReadonlyMap<string, FleetTarget>, name: string): FleetTarget {
  const target = known.get(name);
  if (target !== undefined) return target;
  throw new HygieneError('HYG_USAGE', {
    message: `The run has the target ${name}, which this worker was not given.`,
    hint: 'Give each worker the list that the run was enqueued with: --targets FILE',
  });
}

function errorOf(targets: readonly TargetState[]): HygieneError | null {
  const ended = targets.filter(({ status }) => SETTLED.has(status));
  return fleetError(
    ended.map(({ name, status, outcome }) => ({
      name,
      outcome: status === 'stopped' ? null : outcome,
    })),
  );
}
