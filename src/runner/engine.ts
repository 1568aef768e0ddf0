import type { SideEffect, Suppression } from '../authoring/define-config.ts';
import { CancellableConnection } from '../database/cancellable.ts';
import type { Connection, ConnectionSource } from '../database/connection.ts';
import type { RunLock } from '../database/run-lock.ts';
import type { TransactionLimits, TransactionSettings } from '../database/settings.ts';
import type { Actor } from '../ledger/actor.ts';
import { type LedgerNames, lockKey } from '../ledger/names.ts';
import type { Clock, Logger, Random } from '../kernel/ports.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import type { RowSet } from '../planner/steps.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import type { BackupProof } from '../policy/backup.ts';
import type { PlanFile } from '../policy/plan-binding.ts';
import type { BatchSettings } from './batched/batch-settings.ts';

/** What every part of a run needs, put together once in the composition root. */
export interface Engine {
  readonly session: Session;
  readonly names: LedgerNames;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Aborts when the run shall stop; its reason is the error to end with. */
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
  readonly settings: RunSettings;
  readonly facts: RunFacts;
}

interface RunSettings {
  /** How long to try for the run lock, in milliseconds. */
  readonly runLockTimeoutMs: number;
  readonly limits: TransactionLimits;
  /** `maintenance`: nobody else works on the tables, so they may be locked as a whole. */
  readonly window: Window;
  /** Null: the planner chooses. */
  readonly strategy: Strategy | null;
  /** From a URL that names a schema; null leaves the role's own search_path. */
  readonly searchPath: readonly string[] | null;
  /** Rows that no migration may change or remove. */
  readonly protect: readonly RowSet[];
  readonly sideEffects: readonly SideEffect[];
  /** Rows that a scan leaves out of its findings. */
  readonly suppress: readonly Suppression[];
  readonly batches: BatchSettings;
  /** The plan that the run was given and is held to. */
  readonly bound: { readonly plan: PlanFile; readonly tolerance: number } | null;
  /** What proves that there is a backup, as it was given. */
  readonly backup: BackupProof | null;
}

/** What is recorded with each event beside what happened. */
interface RunFacts {
  readonly runId: string;
  readonly configFingerprint: string;
  readonly actor: Actor;
  readonly toolVersion: string;
}

/** The one connection of a run, which can be made anew after it was lost. */
export class Session {
  readonly #source: ConnectionSource;
  #connection: Connection;

  private constructor(source: ConnectionSource, connection: Connection) {
    this.#source = source;
    this.#connection = connection;
  }

  static async open(source: ConnectionSource): Promise<Session> {
    return new Session(source, await source.connect());
  }

  /** A session that stops when the signal aborts, for work that has nothing to record afterwards. */
  static async openReading(source: ConnectionSource, signal: AbortSignal): Promise<Session> {
    return new Session(source, new CancellableConnection(await source.connect(), signal));
  }

  get connection(): Connection {
    return this.#connection;
  }

  get target(): ConnectionSource['target'] {
    return this.#source.target;
  }

  /** For what needs connections of its own, or other programs. */
  get source(): ConnectionSource {
    return this.#source;
  }

  /** One more, for a test of what stands between; whoever asks closes it. */
  another(): Promise<Connection> {
    return this.#source.connect();
  }

  async reconnect(): Promise<void> {
    await this.#connection.close();
    this.#connection = await this.#source.connect();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

export function runLock(engine: Engine): RunLock {
  const { clock, random, signal, names, settings } = engine;
  return { key: lockKey(names), timeoutMs: settings.runLockTimeoutMs, clock, random, signal };
}

export function transactionSettings(engine: Engine): TransactionSettings {
  const { settings, facts } = engine;
  return {
    ...settings.limits,
    searchPath: settings.searchPath,
    applicationName: `hygiene ${facts.runId}`,
  };
}
