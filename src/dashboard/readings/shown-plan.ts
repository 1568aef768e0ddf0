import { toHygieneError } from '../../kernel/errors.ts';
import type { Status } from '../../ledger/transitions.ts';
import type { DashboardContext } from '../context.ts';
import type { ShownPlan } from '../pages/migration.tsx';
import type { MigrationFacts } from './read-migration.ts';

/** Where a migration stands that no `up` would run. */
const SETTLED: ReadonlySet<Status> = new Set(['applied', 'held', 'retired', 'baselined']);

/** What a migration would do that is pending; that it cannot be told is no reason to show nothing else. */
export async function shownPlan(
  dashboard: Pick<DashboardContext, 'plan'>,
  { id, record }: Pick<MigrationFacts, 'id' | 'record'>,
): Promise<ShownPlan> {
  if (record !== null && SETTLED.has(record.status)) return null;
  try {
    const { migrations } = await dashboard.plan.get();
    const planned = migrations.find((each) => each.id === id);
    return planned === undefined ? null : { kind: 'planned', planned };
  } catch (error) {
    return { kind: 'problem', error: toHygieneError(error) };
  }
}
