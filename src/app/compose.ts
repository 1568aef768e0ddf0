import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';

import type { TargetDescription } from '../database/connection.ts';
import type { Clock, Logger, Random } from '../kernel/ports.ts';
import { noProgress, type ReportProgress } from '../kernel/progress.ts';
import type { LedgerNames } from '../ledger/names.ts';
import { readActor } from '../ledger/actor.ts';
import { type Demands, NO_DEMANDS } from '../policy/environment.ts';
import { NO_ROUTINE, type Routine } from '../policy/routine.ts';
import type { Strategy, Window } from '../planner/strategy.ts';
import { type BatchOptions, batchSettings } from '../runner/batched/batch-settings.ts';
import { type Engine, Session } from '../runner/engine.ts';
import { asCommandError } from '../runner/failures.ts';
import type { Config } from './config.ts';
import { findConfig } from './find-config.ts';
import { Project } from './project.ts';
import { resolveTarget, type TargetOptions } from './target.ts';
import { toolVersion } from './tool-version.ts';

/** What the outside gives: the process for the CLI, a test, or a program that uses the library. */
export interface World {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told what a long command is doing; absent where nobody looks. */
  readonly progress?: ReportProgress;
  /** Told which database is meant before it is connected to, so that failures can name it. */
  readonly onTarget?: (target: TargetDescription) => void;
}

export interface ProjectOptions {
  /** Directory of the migrations, relative to the working directory. */
  readonly dir: string;
  readonly config: string | null;
}

export interface ConnectOptions extends ProjectOptions, Omit<TargetOptions, 'cwd' | 'variables'> {
  readonly runLockTimeoutMs: number;
  readonly rowLockTimeoutMs: number;
  /** Null: 60 s online, no limit in the maintenance window. */
  readonly statementTimeoutMs: number | null;
  readonly window: Window;
  readonly strategy: Strategy | null;
  /** In place of the schemas of the config, where several ledgers are in one database. */
  readonly names?: LedgerNames;
  /** What is absent has its default. */
  readonly batches?: Partial<BatchOptions>;
}

const STATEMENT_TIMEOUT_MS: Readonly<Record<Window, number>> = { online: 60_000, maintenance: 0 };

export function openProject(world: World, options: ProjectOptions): Project {
  const directory = resolve(world.cwd, options.dir);
  const config =
    options.config === null ? findConfig(directory) : resolve(world.cwd, options.config);
  return new Project(directory, config);
}

/** An engine whose settings from the config are filled in when something is to be run. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly project: Project;
  /** The same engine with the protected sets and side effects of the config. */
  configured(): Promise<{ readonly engine: Engine; readonly config: Config }>;
  close(): Promise<void>;
}

/** What reads can be stopped anywhere; what applies must still roll back and record. */
export type Purpose = 'read' | 'apply';

/** The composition root: the only place where connections, clocks and loggers meet the engine. */
export async function openEngine(
  world: World,
  options: ConnectOptions,
  purpose: Purpose,
): Promise<OpenedEngine> {
  const project = openProject(world, options);
  const names = options.names ?? (await project.ledgerNames());
  const { cwd, variables, clock, random, logger, signal } = world;
  const target = await resolveTarget({ ...options, cwd, variables }, project.importer);
  world.onTarget?.(target.source.target);
  const session =
    purpose === 'read'
      ? await Session.openReading(target.source, signal)
      : await Session.open(target.source);
  const engine: Engine = {
    session,
    names,
    clock,
    random,
    logger,
    signal,
    progress: world.progress ?? noProgress,
    settings: {
      runLockTimeoutMs: options.runLockTimeoutMs,
      limits: {
        lockTimeoutMs: options.rowLockTimeoutMs,
        statementTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS[options.window],
      },
      window: options.window,
      strategy: options.strategy,
      searchPath: target.searchPath,
      protect: [],
      sideEffects: [],
      suppress: [],
      batches: batchSettings(options.batches ?? {}, clock),
      bound: null,
      backup: null,
    },
    facts: {
      runId: random.uuid(),
      configFingerprint: project.configFingerprint(),
      actor: readActor(variables, { user: osUser(), host: hostname() }),
      toolVersion: toolVersion(),
    },
  };
  return {
    engine,
    project,
    configured: async () => {
      const config = await project.config();
      const { protect, sideEffects, scan } = config;
      const batches = { ...engine.settings.batches, throttle: config.batches.throttle };
      return {
        config,
        engine: {
          ...engine,
          settings: { ...engine.settings, protect, sideEffects, suppress: scan.suppress, batches },
        },
      };
    },
    close: () => session.close(),
  };
}

/**
 * Does something with an engine, and closes it whatever happens.
 * @throws HygieneError only: what the driver threw is told in terms of what to do next
 */
export async function withEngine<T>(
  world: World,
  { purpose, ...options }: ConnectOptions & { readonly purpose: Purpose },
  work: (opened: OpenedEngine) => Promise<T>,
): Promise<T> {
  const opened = await openEngine(world, options, purpose);
  try {
    return await work(opened);
  } catch (error) {
    throw asCommandError(error);
  } finally {
    await opened.close();
  }
}

/** What the config demands of databases with this marker. */
export function demandsOf({ environments }: Config, marker: string | null): Demands {
  return (marker === null ? undefined : environments[marker]) ?? NO_DEMANDS;
}

/** What it says of what belongs to a run there, beside the run itself. */
export function routineOf({ environments }: Config, marker: string | null): Routine {
  return (marker === null ? undefined : environments[marker]?.routine) ?? NO_ROUTINE;
}

/** Containers run under user ids that have no name. */
function osUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
