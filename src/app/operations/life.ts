import type { TargetDescription } from '../../database/connection.ts';
import { baseline, type BaselineOptions, type BaselineReport } from '../../runner/baseline.ts';
import { retire, type RetireReport } from '../../runner/retire.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { isFile } from './restore.ts';

export interface BaselineOperationReport extends BaselineReport {
  readonly target: TargetDescription;
}

/** Adopts what was done without hygiene. */
export function baselineOperation(
  world: World,
  options: ConnectOptions & BaselineOptions,
): Promise<BaselineOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { engine } = await opened.configured();
    const report = await baseline(engine, opened.project.migrations(), options);
    return { ...report, target: engine.session.target };
  });
}

export interface RetireOperationReport extends RetireReport {
  readonly target: TargetDescription;
}

/** Ends a migration that has served its purpose. */
export function retireOperation(
  world: World,
  options: ConnectOptions & { readonly id: string; readonly reason: string },
): Promise<RetireOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { engine } = opened;
    const { id, reason } = options;
    const report = await retire(engine, { id, reason, isFile: isFile(opened, id) });
    return { ...report, target: engine.session.target };
  });
}
