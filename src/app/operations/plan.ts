import type { TargetDescription } from '../../database/connection.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import { plan, type PlanReport } from '../../runner/plan.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface PlanOperationReport extends PlanReport {
  readonly target: TargetDescription;
}

/** What `up` would do. Nothing is kept. */
export async function planOperation(
  world: World,
  options: ConnectOptions & { readonly execOrder: ExecOrder },
): Promise<PlanOperationReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const report = await plan(engine, opened.project.migrations(), options.execOrder);
    return { ...report, target: engine.session.target };
  });
}
