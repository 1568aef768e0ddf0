import type { CheckResult } from '../authoring/expect.ts';
import { introspect } from '../catalog/introspect.ts';
import { inReadOnly } from '../database/reading.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { contextFrom } from './events.ts';
import type { RunnableMigration } from './runnable.ts';
import { asRunError } from './failures.ts';
import { checkGuards } from './guards/check-guards.ts';
import type { InspectedGuard } from './guards/inspect-guards.ts';
import { inspect, type MigrationSource } from './inspection.ts';
import { recordVerification } from './record-verification.ts';
import { verifyReadOnly } from './verification.ts';

export interface VerifiedMigration {
  readonly id: string;
  readonly description: string;
  readonly appliedAt: Date | null;
  /** Lasting checks only; empty where the migration has none. */
  readonly checks: readonly CheckResult[];
}

export interface VerifyReport {
  readonly environment: string | null;
  readonly migrations: readonly VerifiedMigration[];
  /** Every seed guard, as it was found now. */
  readonly guards: readonly InspectedGuard[];
  readonly held: readonly string[];
  readonly pending: readonly string[];
  /** Why the ledger does not hold it; null: it does, or there was nothing to record. */
  readonly notRecorded: string | null;
}

/** Repeats the lasting checks of every applied migration, in one read-only transaction, and records them. */
export async function verifyApplied(
  engine: Engine,
  source: MigrationSource,
): Promise<VerifyReport> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  const selected = inspect(snapshot, source.files, 'non-linear');
  const records = readHistory(snapshot.events);
  const loaded: RunnableMigration[] = [];
  for (const id of [...selected.applied, ...selected.baselined].sort())
    loaded.push(await source.load(id));
  const migrations = loaded.length === 0 ? [] : await verifyAll(engine, loaded, records);
  const guards = await checkGuards(engine, snapshot);
  const verified = migrations.flatMap(({ id, checks }) => {
    const record = records.get(id);
    return record === undefined ? [] : [{ record, checks }];
  });
  const context = await contextFrom(engine, snapshot);
  return {
    environment: context.environment,
    notRecorded: await recordVerification(context, verified),
    migrations,
    guards,
    held: selected.held,
    pending: selected.pending,
  };
}

async function verifyAll(
  engine: Engine,
  migrations: readonly RunnableMigration[],
  records: ReadonlyMap<string, MigrationRecord>,
): Promise<readonly VerifiedMigration[]> {
  const { connection } = engine.session;
  const { schema, archiveSchema } = engine.names;
  return inReadOnly(connection, transactionSettings(engine), async () => {
    const catalog = await introspect(connection, { excludeSchemas: [schema, archiveSchema] });
    const verified: VerifiedMigration[] = [];
    for (const migration of migrations) {
      const repeat = 'lasting' as const;
      const scope = { connection, catalog, before: null, repeat, scanning: engine };
      const { id, description } = migration;
      const { checks } = await verifyReadOnly(scope, migration).catch((error: unknown) => {
        throw asRunError(error, id);
      });
      verified.push({ id, description, checks, appliedAt: records.get(id)?.appliedAt ?? null });
    }
    return verified;
  });
}
