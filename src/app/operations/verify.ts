import type { TargetDescription } from '../../database/connection.ts';
import { verifyApplied, type VerifyReport } from '../../runner/verify-applied.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface VerifyOperationReport extends VerifyReport {
  readonly target: TargetDescription;
}

/** Repeats the lasting checks of everything that was applied. */
export async function verifyOperation(
  world: World,
  options: ConnectOptions,
): Promise<VerifyOperationReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async ({ engine, project }) => {
    const report = await verifyApplied(engine, project.migrations());
    return { ...report, target: engine.session.target };
  });
}
