import type { ArchiveRecord } from '../../archive/archive.ts';
import type { Table } from '../../catalog/model.ts';
import { cancelledError } from '../../database/cancellable.ts';
import { rawSql } from '../../kernel/sql.ts';
import { ProgressStore } from '../../ledger/progress.ts';
import type { Progress, Request } from '../../ledger/progress-rows.ts';
import { afterBatch, halved, type Pace, startPace } from '../../planner/batch-size.ts';
import type { ThrottleReason } from '../../policy/throttle.ts';
import type { Engine } from '../engine.ts';
import { eventError } from '../events.ts';
import { readArchives } from './archive-records.ts';
import { batchFailure, cancelledByRequest, smallestTooSlow, superseded } from './batch-errors.ts';
import { sizeRules } from './batch-settings.ts';
import { keyOf } from './freeze.ts';
import { type BatchEnd, type BatchWork, runBatch } from './one-batch.ts';
import { reconnect } from './reconnect.ts';
import { type Delta, nothingSince } from './tallies.ts';
import type { Throttle } from './waiting.ts';

/** So often in a row a batch is tried before it fails: about a minute. */
const TRIES_MAX = 20;
const RETRY_MS = 100;
const RETRY_MAX_MS = 5_000;
const POLL_MS = 500;

export type LoopEnd = 'finished' | 'time is over';

/** Runs batch after batch, until all listed rows are done or something ends it. */
export class BatchLoop {
  readonly #work: BatchWork;
  readonly #engine: Engine;
  readonly #throttle: Throttle;
  readonly #tables: readonly Table[];
  #pace: Pace;
  #archives: readonly ArchiveRecord[] | null = null;
  #since: Delta = nothingSince;
  #failures = 0;
  #progress: Progress;

  constructor(work: BatchWork, progress: Progress, throttle: Throttle) {
    this.#work = work;
    this.#engine = work.unit.context.engine;
    this.#progress = progress;
    this.#throttle = throttle;
    const { firstSize } = this.#engine.settings.batches;
    this.#pace = startPace(progress.batchSize ?? firstSize);
    const tables = work.purges.flatMap(({ closure }) => [
      ...closure.tables,
      ...closure.edges.map(({ child }) => child),
    ]);
    this.#tables = [...new Set(tables)];
  }

  /** As far as it is known to be committed. */
  get progress(): Progress {
    return this.#progress;
  }

  /** What happened since the last checkpoint. */
  get since(): Delta {
    return this.#since;
  }

  /**
   * @throws HygieneError HYG_BATCH_CANCELLED, HYG_BATCH_SUPERSEDED, HYG_DB_CONNECTION_LOST, or what
   *   a batch failed with for good
   */
  async run(): Promise<LoopEnd> {
    for (;;) {
      try {
        const end = await this.#turn();
        if (end !== null) return end;
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  /** One batch, or one look at why there cannot be one; null: go on. */
  async #turn(): Promise<LoopEnd | null> {
    const { clock, signal, settings } = this.#engine;
    const { stopAtMs } = settings.batches;
    if (signal.aborted) throw cancelledError(signal);
    if (stopAtMs !== null && clock.monotonicMs() >= stopAtMs) return 'time is over';
    const reason = await this.#throttle.reason(this.#tables);
    if (reason !== null) {
      await this.#wait(reason, POLL_MS);
      return null;
    }
    this.#tell(null);
    this.#archives ??= await readArchives(this.#work.unit);
    const startedAt = clock.monotonicMs();
    const start = {
      pace: this.#pace,
      isShared: this.#throttle.isShared,
      archives: this.#archives,
      since: this.#since,
    };
    const end = await runBatch(this.#work, start);
    if (end.kind === 'finished') return 'finished';
    if (end.kind === 'done') await this.#committed(end, clock.monotonicMs() - startedAt);
    else await this.#asked(end.request, end.progress);
    return null;
  }

  async #committed(end: Extract<BatchEnd, { kind: 'done' }>, ms: number): Promise<void> {
    const rules = sizeRules(this.#engine.settings.batches, this.#throttle.isShared);
    this.#progress = end.progress;
    this.#archives = end.archives;
    this.#since = nothingSince;
    this.#failures = 0;
    this.#pace = afterBatch(this.#pace, { rows: end.listed, ms }, rules);
    this.#tell(null);
    if (end.blocked === 0) return;
    this.#halve();
    await this.#wait({ kind: 'blocking', words: `${end.blocked} blocked sessions` }, ms);
  }

  /** A pause lasts until somebody resumes; time that is over ends it here, and a signal too. */
  async #asked(request: Request, progress: Progress): Promise<void> {
    if (request === 'cancel') throw cancelledByRequest(progress);
    const by = progress.requestedBy ?? 'somebody';
    await this.#wait({ kind: 'paused', words: `a pause by ${by}: hygiene resume` }, POLL_MS);
  }

  /** A sign of life, and then time for others. */
  async #wait({ kind, words }: ThrottleReason, ms: number): Promise<void> {
    const { clock, session, names, signal } = this.#engine;
    const { unit } = this.#work;
    this.#tell(words);
    const startedAt = clock.monotonicMs();
    const store = new ProgressStore(session.connection, names, keyOf(unit));
    const asked = await store.heartbeat(unit.token, words);
    if (asked === 'superseded') throw superseded(unit.migration.id);
    await clock.sleep(ms, signal);
    const waited = (this.#since.waitedMs[kind] ?? 0) + clock.monotonicMs() - startedAt;
    this.#since = {
      ...this.#since,
      waitedMs: { ...this.#since.waitedMs, [kind]: waited },
    };
    if (asked === 'cancel') {
      const progress = await store.read();
      if (progress !== null) throw cancelledByRequest(progress);
    }
  }

  #halve(): void {
    this.#pace = halved(this.#pace);
    this.#since = { ...this.#since, halvings: this.#since.halvings + 1 };
  }

  /** @throws the error, where another try would not help */
  async #recover(error: unknown): Promise<void> {
    const { signal, session, clock, random, logger } = this.#engine;
    const { id } = this.#work.unit.migration;
    const failure = session.connection.isLost() ? 'reconnect' : batchFailure(error);
    this.#failures += 1;
    if (signal.aborted || failure === 'end' || this.#failures > TRIES_MAX) throw error;
    if (failure === 'halve' && this.#pace.size === 1) throw smallestTooSlow(id, error);
    logger.warn({ migration: id, failure, error: eventError(error) }, 'a batch is tried again');
    if (failure === 'reconnect') {
      this.#tell('the database, which cannot be reached');
      await reconnect(this.#engine, error);
      // What the server has lost of the last commits it has lost of the archive too.
      this.#archives = null;
      return;
    }
    await session.connection.query(rawSql('rollback'));
    if (failure === 'halve') {
      this.#halve();
      return;
    }
    this.#since = { ...this.#since, retries: this.#since.retries + 1 };
    const delay = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (this.#failures - 1));
    await clock.sleep(delay * (0.5 + random.next()), signal);
  }

  #tell(waitingFor: string | null): void {
    const { rowsDone, rowsTotal, step } = this.#progress;
    const root = this.#work.purges[step]?.closure.root.name.toString() ?? null;
    this.#engine.progress({
      migrationId: this.#work.unit.migration.id,
      phase: 'removing',
      table: root,
      rowsDone,
      rowsTotal,
      waitingFor,
    });
  }
}
