import type { TargetDescription } from '../../database/connection.ts';
import { readIdentity } from '../../ledger/identity.ts';
import type { PlanFile } from '../../policy/plan-binding.ts';
import { bindPlan, planFile } from '../../runner/bind-plan.ts';
import type { Engine } from '../../runner/engine.ts';
import type { MigrationSource } from '../../runner/inspection.ts';
import type { ExecOrder } from '../../runner/pending.ts';
import { plan } from '../../runner/plan.ts';
import type { PlanReport } from '../../runner/plan-report.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';
import { toolVersion } from '../tool-version.ts';

export interface PlanOperationReport extends PlanReport {
  readonly target: TargetDescription;
  /** As `up --plan` and `approve` want it. */
  readonly file: PlanFile;
}

/** What `up` would do. Nothing is kept. */
export async function planOperation(
  world: World,
  options: ConnectOptions & { readonly execOrder: ExecOrder },
): Promise<PlanOperationReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async (opened) => {
    const { engine } = await opened.configured();
    const source = opened.project.migrations();
    const report = await plan(engine, source, options.execOrder);
    const file = await planFileOf(engine, report, source);
    return { ...report, target: engine.session.target, file };
  });
}

/** What was planned, as a run can be held to it. */
export async function planFileOf(
  engine: Engine,
  report: PlanReport,
  { files }: MigrationSource,
): Promise<PlanFile> {
  const identity = await readIdentity(engine.session.connection, report.marker);
  const checksums = new Map(files.map(({ id, checksum }) => [id, checksum]));
  const binding = bindPlan(engine, report, { identity, checksums });
  return planFile(binding, { at: engine.clock.now(), toolVersion: toolVersion() });
}
