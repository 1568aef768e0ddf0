import type { TargetDescription } from '../../database/connection.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import type { MigrationResult } from '../../runner/up-run.ts';
import { up, type UpReport } from '../../runner/up.ts';
import { work } from '../../runner/work.ts';
import { type ConnectOptions, isConfirmRequired, withEngine, type World } from '../compose.ts';

export interface UpOperationOptions extends ConnectOptions {
  readonly execOrder: ExecOrder;
  readonly confirm: string | null;
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
}

/** Applies what is pending. @throws HygieneError when it refuses before anything runs */
export async function upOperation(
  world: World,
  options: UpOperationOptions,
): Promise<UpOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const run = options.onlyBegun === true ? work : up;
    const report = await run(opened.engine, opened.project.migrations(), {
      order: options.execOrder,
      confirmed: options.confirm ?? world.variables['HYGIENE_CONFIRM'] ?? null,
      configured: async () => {
        const { engine, config } = await opened.configured();
        return { engine, confirmRequired: (marker) => isConfirmRequired(config, marker) };
      },
      observer: {
        begun: (environment) => options.onBegin?.(opened.engine.session.target, environment),
        ended: (result) => options.onResult?.(result),
      },
    });
    const { session, facts } = opened.engine;
    return { ...report, target: session.target, runId: facts.runId };
  });
}
