import type { TargetDescription } from '../../database/connection.ts';
import { baseline, type BaselineOptions, type BaselineReport } from '../../runner/baseline.ts';
import { retire, type RetireReport } from '../../runner/retire.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

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
  return withEngine(world, { ...options, purpose: 'apply' }, async ({ engine, project }) => {
    const { id, reason } = options;
    const isFile = project.migrations().files.some((file) => file.id === id);
    const report = await retire(engine, { id, reason, isFile });
    return { ...report, target: engine.session.target };
  });
}
