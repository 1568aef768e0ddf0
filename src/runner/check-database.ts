import { introspect } from '../catalog/introspect.ts';
import type { TableReference } from '../planner/steps.ts';
import { type Cleanliness, judgeCleanliness, type Seen } from '../policy/cleanliness.ts';
import type { ScanResult } from '../scanner/scan-result.ts';
import type { Engine } from './engine.ts';
import type { MigrationSource } from './inspection.ts';
import { namedTables } from './named-tables.ts';
import { plan } from './plan.ts';
import type { PlanReport } from './plan-report.ts';
import type { RunnableMigration } from './runnable.ts';
import { scanDatabase, type ScanOptions } from './scan-database.ts';
import { verifyApplied, type VerifyReport } from './verify-applied.ts';

export interface CheckedDatabase {
  readonly verdict: Cleanliness;
  readonly seen: Seen;
  /** What `up` would remove; null where the project holds no migration. */
  readonly plan: PlanReport | null;
  readonly verify: VerifyReport | null;
  readonly scan: ScanResult;
  /** Whether the scan was about the whole database, since nothing names tables. */
  readonly isWhole: boolean;
}

/**
 * Whether the database is clean: nothing pending would remove a row, every lasting check holds, and a scan
 * of the tables that migrations and config name finds nothing.
 * @param source null where the project holds no migration
 */
export async function checkDatabase(
  engine: Engine,
  source: MigrationSource | null,
  options: Omit<ScanOptions, 'tables' | 'withRules'>,
): Promise<CheckedDatabase> {
  const planned = source === null ? null : await plan(engine, source, 'non-linear');
  const verify = source === null ? null : await verifyApplied(engine, source);
  const named = await namedHere(engine, source);
  const isWhole = named.tables.length === 0;
  const tables = isWhole ? null : named.tables;
  const scan = await scanDatabase(engine, { ...options, tables, withRules: false });
  const seen = seenIn({ plan: planned, verify, scan, missing: named.missing });
  return { verdict: judgeCleanliness(seen), seen, plan: planned, verify, scan, isWhole };
}

interface NamedHere {
  readonly tables: readonly TableReference[];
  readonly missing: readonly string[];
}

async function namedHere(
  { session, names, settings }: Engine,
  source: MigrationSource | null,
): Promise<NamedHere> {
  const { schema, archiveSchema } = names;
  const catalog = await introspect(session.connection, { excludeSchemas: [schema, archiveSchema] });
  const migrations: RunnableMigration[] = [];
  for (const { id } of source?.files ?? []) {
    if (source !== null) migrations.push(await source.load(id));
  }
  const config = [...settings.protect, ...settings.suppress].map(({ table }) => table);
  const { tables, missing } = namedTables(catalog, migrations, config);
  return { tables: tables.map(({ name }) => [name.schema, name.name] as const), missing };
}

interface Looked extends Pick<CheckedDatabase, 'plan' | 'verify' | 'scan'> {
  readonly missing: readonly string[];
}

function seenIn({ plan: planned, verify, scan, missing }: Looked): Seen {
  const steps = planned?.migrations.flatMap((migration) => migration.steps) ?? [];
  const pending = steps.map((step) => {
    if (step.kind === 'unknown') return 0;
    if (step.kind === 'scrub') return step.rows;
    return step.plan.tables.reduce((sum, { doomed, changed }) => sum + doomed + changed, 0);
  });
  const checks = verify?.migrations.flatMap((migration) => migration.checks) ?? [];
  const admins = scan.findings.filter(({ kind }) => kind === 'admin-default-password').length;
  return {
    pendingRows: pending.reduce((sum, rows) => sum + rows, 0),
    seedRows: scan.findings.length - admins,
    openAdmins: admins,
    failedChecks: checks.filter(({ passed }) => !passed).length,
    brokenGuards: verify?.guards.filter(({ isBroken }) => isBroken).length ?? 0,
    notSeen: [
      ...missing.map((table) => `there is no table ${table}`),
      ...steps.flatMap(({ kind, label }) =>
        kind === 'unknown' ? [`what a pending ${label} would remove shows only when it runs`] : [],
      ),
      ...scan.leftOut
        .filter(({ isBlindSpot }) => isBlindSpot)
        .map(({ table, reason }) => `${table}: ${reason}`),
      ...scan.tables.flatMap(({ table, percent, isHidden, failures }) => {
        const name = table.name.toString();
        return [
          ...failures.map((reason) => `${name}: ${reason}`),
          ...(percent === null ? [] : [`${name}: only a part was looked at`]),
          ...(isHidden ? [`${name}: row-level security hides rows`] : []),
        ];
      }),
    ],
  };
}
