import type { TargetDescription } from '../../database/connection.ts';
import { askBatches, type Asked, type AskReport } from '../../runner/batched/requests.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface AskOperationReport extends AskReport {
  readonly target: TargetDescription;
}

/** Asks a migration in batches to wait, to go on, or to end. */
export async function askOperation(
  world: World,
  options: ConnectOptions & {
    readonly id: string;
    readonly asked: Asked;
    readonly reason: string | null;
  },
): Promise<AskOperationReport> {
  const { id, asked, reason } = options;
  return withEngine(world, { ...options, purpose: 'apply' }, async ({ engine }) => {
    const report = await askBatches(engine, id, { asked, reason });
    return { ...report, target: engine.session.target };
  });
}
