import type { TargetDescription } from '../../database/connection.ts';
import type { Actor } from '../../ledger/actor.ts';
import type { BackupProof } from '../../policy/backup.ts';
import type { PlanFile } from '../../policy/plan-binding.ts';
import type { ProbeDashboard } from '../../runner/around/smoke.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import type { MigrationResult } from '../../runner/migration-result.ts';
import { up, type UpReport } from '../../runner/up.ts';
import { work } from '../../runner/work.ts';
import type { ProofSource } from '../backup-proof.ts';
import { type ConnectOptions, demandsOf, routineOf, withEngine, type World } from '../compose.ts';

export interface UpOperationOptions extends ConnectOptions {
  readonly execOrder: ExecOrder;
  readonly confirm: string | null;
  /** Path of the plan that the run is held to. */
  readonly plan?: string | null;
  /** What proves that there is a backup. */
  readonly backupProof?: ProofSource;
  /** Why it must be outside of the allowed hours. */
  readonly outsideWindow?: string | null;
  /** In the maintenance window the connections of others do no harm. */
  readonly allowConnections?: boolean;
  /** How a smoke check renders the dashboard; absent where there is none. */
  readonly probeDashboard?: ProbeDashboard;
  /** Go on with migrations in batches that were begun, and begin none. */
  readonly onlyBegun?: boolean;
  /** Told when something is pending, before anything runs: it may take hours. */
  readonly onBegin?: (target: TargetDescription, environment: string | null) => void;
  /** Told after each migration, applied or not. */
  readonly onResult?: (result: MigrationResult) => void;
}

export interface UpOperationReport extends UpReport {
  readonly target: TargetDescription;
  readonly runId: string;
  readonly actor: Actor;
  /** Digest of the plan that the run was held to; null: it was given none. */
  readonly planDigest: string | null;
}

/** Applies what is pending. @throws HygieneError when it refuses before anything runs */
export async function upOperation(
  world: World,
  options: UpOperationOptions,
): Promise<UpOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const run = options.onlyBegun === true ? work : up;
    const plan = await readPlan(world.cwd, options.plan ?? null);
    const report = await run(opened.engine, opened.project.migrations(), {
      order: options.execOrder,
      confirmed: options.confirm ?? world.variables['HYGIENE_CONFIRM'] ?? null,
      plan,
      outsideWindow: options.outsideWindow ?? null,
      surroundings: {
        allowConnections: options.allowConnections ?? false,
        tools: {
          place: { cwd: world.cwd, variables: world.variables },
          probeDashboard: options.probeDashboard ?? null,
        },
      },
      backupProof: await readProof(world, options.backupProof),
      configured: async () => {
        const { engine, config } = await opened.configured();
        const { planTolerance } = config;
        return {
          ...{ engine, planTolerance },
          demands: (marker) => demandsOf(config, marker),
          routine: (marker) => routineOf(config, marker),
        };
      },
      observer: {
        begun: (environment) => options.onBegin?.(opened.engine.session.target, environment),
        ended: (result) => options.onResult?.(result),
      },
    });
    const { session, facts } = opened.engine;
    const { runId, actor } = facts;
    const planDigest = plan?.digest ?? null;
    return { ...report, target: session.target, runId, actor, planDigest };
  });
}

/** Both are loaded only where they are given: most runs need no schema library. */
async function readPlan(cwd: string, path: string | null): Promise<PlanFile | null> {
  if (path === null) return null;
  const { readPlanFile } = await import('../plan-file.ts');
  return readPlanFile(cwd, path);
}

async function readProof(
  world: World,
  source: ProofSource | undefined,
): Promise<BackupProof | null> {
  if (source === undefined || (source.file === null && source.command === null)) return null;
  const { readBackupProof } = await import('../backup-proof.ts');
  return readBackupProof(world, source);
}
