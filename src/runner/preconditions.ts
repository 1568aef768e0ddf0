import type { HygieneError } from '../kernel/errors.ts';
import { approvalsOf } from '../ledger/approvals.ts';
import { compareIdentity, type DatabaseIdentity } from '../ledger/identity.ts';
import type { LedgerSnapshot } from '../ledger/snapshot.ts';
import { allProgress } from '../ledger/progress.ts';
import { checkApproval } from '../policy/approval.ts';
import { type BackupProof, checkBackup } from '../policy/backup.ts';
import { checkConfirmation, type Demands } from '../policy/environment.ts';
import { checkHours } from '../policy/hours.ts';
import { checkIdentity } from '../policy/identity.ts';
import { checkPlanBinding, type PlanFile } from '../policy/plan-binding.ts';
import { checkRequiredBudget } from '../policy/required-budget.ts';
import { bindPlan } from './bind-plan.ts';
import type { Engine } from './engine.ts';
import type { RunnableMigration } from './runnable.ts';

/** What whoever starts a run brings along. */
export interface Assurances {
  /** Name of the database, as it was confirmed. */
  readonly confirmed: string | null;
  readonly backupProof: BackupProof | null;
  readonly plan: PlanFile | null;
  /** Why it must be outside of the allowed hours; null: nobody has said so. */
  readonly outsideWindow: string | null;
}

export interface Intent extends Assurances {
  readonly snapshot: LedgerSnapshot;
  readonly identity: DatabaseIdentity;
  readonly migrations: readonly RunnableMigration[];
  readonly demands: Demands;
  readonly planTolerance: number;
  /** Only goes on with what was begun: backup, budget and plan were looked at then. */
  readonly onlyBegun: boolean;
}

/**
 * Everything that must hold before a run changes anything.
 * @throws HygieneError HYG_REFUSED_IDENTITY, HYG_REFUSED_CONFIRM, HYG_REFUSED_HOURS,
 *   HYG_REFUSED_BACKUP, HYG_REFUSED_NO_BUDGET, HYG_REFUSED_APPROVAL, HYG_REFUSED_PLAN
 */
export async function assertAllowed(engine: Engine, intent: Intent): Promise<void> {
  const { snapshot, identity, demands, onlyBegun } = intent;
  assertIdentity(snapshot, identity);
  const environment = snapshot.marker?.environment ?? null;
  const refusal =
    refusalNow(engine, environment, intent) ??
    (onlyBegun ? null : refusalToBegin(engine, environment, intent));
  if (refusal !== null) throw refusal;
  if (onlyBegun) return;
  if (demands.approval) await assertApproved(engine, environment, intent);
  if (intent.plan !== null) await assertPlanFits(engine, intent, intent.plan);
}

/** Looked at each time that something is changed. */
function refusalNow(
  { clock }: Engine,
  environment: string | null,
  { identity, confirmed, demands, outsideWindow }: Intent,
): HygieneError | null {
  const { database } = identity;
  const { confirm: confirmRequired, allowedHours } = demands;
  const facts = { marker: environment, database, confirmed, confirmRequired };
  const hours = { environment: nameOf(environment), now: clock.now(), reason: outsideWindow };
  return checkConfirmation(facts) ?? checkHours(allowedHours, hours);
}

/** Of what was begun, it was looked at then. */
function refusalToBegin(
  { clock }: Engine,
  environment: string | null,
  intent: Intent,
): HygieneError | null {
  const { demands, backupProof: proof, identity } = intent;
  const now = clock.now();
  const facts = { environment: nameOf(environment), proof, identity: { ...identity }, now };
  return checkBackup(demands.backup, facts) ?? budgetRefusal(environment, intent);
}

function nameOf(environment: string | null): string {
  return environment ?? 'unmarked';
}

/** @throws HygieneError HYG_REFUSED_IDENTITY */
export function assertIdentity(
  { marker }: Pick<LedgerSnapshot, 'marker'>,
  identity: DatabaseIdentity,
): void {
  if (marker === null) return;
  const differences = compareIdentity(marker.identity, identity);
  const refusal = checkIdentity({ environment: marker.environment, differences });
  if (refusal !== null) throw refusal;
}

function budgetRefusal(
  environment: string | null,
  { demands, migrations }: Intent,
): HygieneError | null {
  if (!demands.budget) return null;
  for (const { id, up, budget } of migrations) {
    const steps =
      up.kind === 'steps'
        ? up.steps.map((step) =>
            step.kind === 'sql'
              ? { label: 'sql', budget }
              : { label: step.kind, budget: step.budget },
          )
        : [{ label: up.kind, budget }];
    const refusal = checkRequiredBudget(nameOf(environment), id, steps);
    if (refusal !== null) return refusal;
  }
  return null;
}

async function assertApproved(
  { session, names }: Engine,
  environment: string | null,
  { plan, snapshot }: Intent,
): Promise<void> {
  const approvals =
    plan === null || !snapshot.installed
      ? []
      : await approvalsOf(session.connection, names, plan.digest);
  const bound =
    plan === null ? null : { digest: plan.digest, ids: plan.migrations.map(({ id }) => id) };
  const refusal = checkApproval({ environment: nameOf(environment), plan: bound, approvals });
  if (refusal !== null) throw refusal;
}

async function assertPlanFits(
  engine: Engine,
  { identity, migrations, planTolerance, snapshot }: Intent,
  plan: PlanFile,
): Promise<void> {
  const { planMigrations } = await import('./plan.ts');
  const checksums = new Map(migrations.map(({ id, checksum }) => [id, checksum]));
  const planned = await planMigrations(engine, migrations);
  const environment = snapshot.marker?.environment ?? null;
  const now = bindPlan(engine, { environment, ...planned }, { identity, checksums });
  const begun = await begunMigrations(engine, snapshot);
  const refusal = checkPlanBinding(plan, { now, tolerance: planTolerance, begun });
  if (refusal !== null) throw refusal;
}

async function begunMigrations(
  { session, names }: Engine,
  { schemaVersion }: LedgerSnapshot,
): Promise<ReadonlySet<string>> {
  if ((schemaVersion ?? 0) < 2) return new Set();
  const progress = await allProgress(session.connection, names);
  return new Set(progress.map(({ migrationId }) => migrationId));
}
