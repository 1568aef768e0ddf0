import type { TargetDescription } from '../../database/connection.ts';
import { asCommandError } from '../../runner/failures.ts';
import { verifyApplied, type VerifyReport } from '../../runner/verify-applied.ts';
import { type ConnectOptions, openEngine, type World } from '../compose.ts';

export interface VerifyOperationReport extends VerifyReport {
  readonly target: TargetDescription;
}

/** Repeats the lasting checks of everything that was applied. */
export async function verifyOperation(
  world: World,
  options: ConnectOptions,
): Promise<VerifyOperationReport> {
  const opened = await openEngine(world, options, 'read');
  try {
    const report = await verifyApplied(opened.engine, opened.project.migrations());
    return { ...report, target: opened.engine.session.target };
  } catch (error) {
    throw asCommandError(error);
  } finally {
    await opened.close();
  }
}
