import type { TargetDescription } from '../../database/connection.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import { type RehearsalResult, rehearse, type RehearseReport } from '../../runner/rehearse.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface RehearseOperationOptions extends ConnectOptions {
  readonly id: string | null;
  readonly execOrder: ExecOrder;
  readonly onBegin?: (target: TargetDescription, environment: string | null) => void;
  readonly onResult?: (result: RehearsalResult) => void;
}

export interface RehearseOperationReport extends RehearseReport {
  readonly target: TargetDescription;
}

/** Removes, restores, compares, and rolls back. */
export function rehearseOperation(
  world: World,
  options: RehearseOperationOptions,
): Promise<RehearseOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { engine } = await opened.configured();
    const { target } = engine.session;
    const report = await rehearse(engine, opened.project.migrations(), {
      id: options.id,
      order: options.execOrder,
      begun: (environment) => options.onBegin?.(target, environment),
      ended: (result) => options.onResult?.(result),
    });
    return { ...report, target };
  });
}
