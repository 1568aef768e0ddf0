import { sha256 } from '../kernel/digest.ts';
import { type DatabaseIdentity, withoutAddress } from '../ledger/identity.ts';
import type { RowSet } from '../planner/steps.ts';
import {
  bindingDigest,
  type BoundMigration,
  type BoundTable,
  type PlanBinding,
  type PlanFile,
} from '../policy/plan-binding.ts';
import type { Engine } from './engine.ts';
import type { PlannedMigration, PlannedStep, PlanReport } from './plan-report.ts';

/** The plan of a run, as that run may be held to it. */
export function bindPlan(
  { settings }: Pick<Engine, 'settings'>,
  planned: Pick<PlanReport, 'environment' | 'migrations' | 'schema'>,
  facts: {
    readonly identity: DatabaseIdentity;
    readonly checksums: ReadonlyMap<string, string>;
  },
): PlanBinding {
  const { window, strategy, protect } = settings;
  return {
    environment: planned.environment,
    identity: withoutAddress(facts.identity),
    window,
    strategy,
    migrations: planned.migrations
      .filter(({ missing }) => missing.length === 0)
      .map((migration) => boundMigration(migration, facts.checksums)),
    protectedSets: protectedFingerprint(protect),
    schema: planned.schema,
  };
}

export function planFile(
  binding: PlanBinding,
  written: { readonly at: Date; readonly toolVersion: string },
): PlanFile {
  return {
    schemaVersion: 1,
    createdAt: written.at.toISOString(),
    toolVersion: written.toolVersion,
    ...binding,
    digest: bindingDigest(binding),
  };
}

/** What a planned step does to each table, as far as it is known beforehand. */
export function tablesOf(step: PlannedStep): readonly BoundTable[] {
  if (step.kind === 'unknown') return [];
  if (step.kind === 'scrub') return [{ table: step.table, removed: 0, changed: step.rows }];
  return step.plan.tables.map(({ table, doomed, changed }) => ({
    ...{ table, removed: doomed, changed },
  }));
}

function boundMigration(
  { id, steps }: PlannedMigration,
  checksums: ReadonlyMap<string, string>,
): BoundMigration {
  const sums = new Map<string, BoundTable>();
  for (const { table, removed, changed } of steps.flatMap(tablesOf)) {
    const before = sums.get(table) ?? { table, removed: 0, changed: 0 };
    const sum = { removed: before.removed + removed, changed: before.changed + changed };
    sums.set(table, { table, ...sum });
  }
  return { id, checksum: checksums.get(id) ?? '', tables: [...sums.values()] };
}

function protectedFingerprint(protect: readonly RowSet[]): string {
  return sha256(
    JSON.stringify(protect.map(({ table, mode, predicate }) => [table, mode, predicate])),
  );
}
