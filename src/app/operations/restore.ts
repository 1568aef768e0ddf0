import type { TargetDescription } from '../../database/connection.ts';
import { reapply, type ReapplyReport } from '../../runner/reapply.ts';
import { restore, type RestoreReport } from '../../runner/restore.ts';
import {
  type ConnectOptions,
  demandsOf,
  type OpenedEngine,
  withEngine,
  type World,
} from '../compose.ts';

export interface RestoreOperationOptions extends ConnectOptions {
  readonly id: string;
  readonly dryRun: boolean;
  readonly skipExisting: boolean;
  readonly reason: string | null;
  readonly confirm: string | null;
  readonly onBegin?: (target: TargetDescription, environment: string | null) => void;
}

export interface RestoreOperationReport extends RestoreReport {
  readonly target: TargetDescription;
}

/** Puts back what a migration has archived, and holds it. */
export function restoreOperation(
  world: World,
  options: RestoreOperationOptions,
): Promise<RestoreOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { engine, config } = await opened.configured();
    const { target } = engine.session;
    const report = await restore(engine, {
      ...options,
      isFile: isFile(opened, options.id),
      confirmed: options.confirm ?? world.variables['HYGIENE_CONFIRM'] ?? null,
      confirmRequired: (marker) => demandsOf(config, marker).confirm,
      begun: (environment) => options.onBegin?.(target, environment),
    });
    return { ...report, target };
  });
}

export interface ReapplyOperationReport extends ReapplyReport {
  readonly target: TargetDescription;
}

/** Lets the next `up` apply a migration once more. */
export function reapplyOperation(
  world: World,
  options: ConnectOptions & { readonly id: string; readonly reason: string },
): Promise<ReapplyOperationReport> {
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { id, reason } = options;
    const { engine } = opened;
    const report = await reapply(engine, { id, reason, isFile: isFile(opened, id) });
    return { ...report, target: engine.session.target };
  });
}

/** Whether a migration has a file. */
export function isFile({ project }: Pick<OpenedEngine, 'project'>, wanted: string): boolean {
  return project.migrations().files.some(({ id }) => id === wanted);
}
