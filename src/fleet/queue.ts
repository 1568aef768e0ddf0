import type * as GraphileWorker from 'graphile-worker';

import { HygieneError } from '../kernel/errors.ts';
import type { SharedDatabase } from '../database/pool.ts';
import type { FleetState } from './fleet-state.ts';
import type { TargetOutcome } from './outcome.ts';

const TASK = 'hygiene-fleet-up';
/** The targets are tried again by whoever decides so, not by the queue. */
const ATTEMPTS = 25;

interface Payload {
  readonly run: string;
  readonly name: string;
}

/** The queue of targets, in PostgreSQL: graphile-worker hands each of them to one worker. */
export class FleetQueue {
  readonly #library: typeof GraphileWorker;
  readonly #shared: SharedDatabase;

  private constructor(library: typeof GraphileWorker, shared: SharedDatabase) {
    this.#library = library;
    this.#shared = shared;
  }

  /** @throws HygieneError HYG_FLEET_QUEUE_MISSING where graphile-worker is not installed */
  static async open(shared: SharedDatabase): Promise<FleetQueue> {
    return new FleetQueue(await importLibrary(), shared);
  }

  async add(run: string, names: readonly string[]): Promise<void> {
    const utils = await this.#library.makeWorkerUtils(this.#options());
    try {
      await utils.migrate();
      const jobs = names.map((name) => ({
        identifier: TASK,
        payload: { run, name } satisfies Payload,
        jobKey: `${run} ${name}`,
        maxAttempts: ATTEMPTS,
      }));
      if (jobs.length > 0) await utils.addJobs(jobs);
    } finally {
      await utils.release();
    }
  }

  /** What a worker held that is no more, others may take. */
  async unlock(workers: readonly string[]): Promise<void> {
    if (workers.length === 0) return;
    const utils = await this.#library.makeWorkerUtils(this.#options());
    try {
      await utils.forceUnlockWorkers([...workers]);
    } finally {
      await utils.release();
    }
  }

  /** Works until nothing is in the queue that could be taken now, or the signal aborts. */
  async drain({ state, concurrency, signal, run: runTarget }: QueueWork): Promise<void> {
    const task: GraphileWorker.Task = async (payload, { job }) => {
      const { run, name } = payload as Payload;
      if (signal.aborted) throw new Error('this worker is ending; another one takes it');
      if (!(await state.claim(run, name, job.locked_by ?? ''))) return;
      await state.finish(run, name, await runTarget(name));
      await this.add(run, await state.advance(run));
    };
    await this.#library.runOnce({
      ...this.#options(),
      ...{ concurrency, noHandleSignals: true, taskList: { [TASK]: task } },
    });
  }

  #options(): GraphileWorker.SharedOptions {
    const { Logger } = this.#library;
    return { pgPool: this.#shared.pool, logger: new Logger(() => () => undefined) };
  }
}

export interface QueueWork {
  readonly state: FleetState;
  /** Targets that are worked on at one time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Never throws. */
  readonly run: (name: string) => Promise<TargetOutcome>;
}

async function importLibrary(): Promise<typeof GraphileWorker> {
  try {
    return await import('graphile-worker');
  } catch (error) {
    throw new HygieneError('HYG_FLEET_QUEUE_MISSING', {
      message: 'The job queue (graphile-worker) is not installed.',
      hint: 'npm install graphile-worker',
      cause: error,
    });
  }
}
