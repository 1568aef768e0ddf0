import type { TargetDescription } from '../../database/connection.ts';
import { approve, type ApproveReport } from '../../runner/approve.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { readPlanFile } from '../plan-file.ts';

export interface ApproveOperationOptions extends ConnectOptions {
  /** Path of a file that `plan --out` has written. */
  readonly plan: string;
  readonly ticket: string | null;
}

export interface ApproveOperationReport extends ApproveReport {
  readonly target: TargetDescription;
}

/** Records that the database role which is connected answers for a plan. */
export function approveOperation(
  world: World,
  { plan: path, ticket, ...options }: ApproveOperationOptions,
): Promise<ApproveOperationReport> {
  const plan = readPlanFile(world.cwd, path);
  return withEngine(world, { ...options, purpose: 'apply' }, async ({ engine }) => {
    const report = await approve(engine, { plan, ticket });
    return { ...report, target: engine.session.target };
  });
}
