import { introspect } from '../catalog/introspect.ts';
import { referenceExists } from '../catalog/resolve.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { rawSql } from '../kernel/sql.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Status } from '../ledger/transitions.ts';
import { assertNotInBatches } from './batched/forget.ts';
import { runLock, transactionSettings } from './engine.ts';
import { type EventContext, migrationEvent } from './events.ts';
import type { RunnableMigration } from './runnable.ts';

export type Claim =
  /** `started` is written but not committed: the caller ends the transaction and begins the next. */
  | { readonly kind: 'claimed'; readonly generation: number }
  /** Somebody else was faster, or it is held or retired. */
  | { readonly kind: 'done'; readonly status: Status }
  | { readonly kind: 'skipped'; readonly missing: readonly string[] };

const FINAL: ReadonlySet<Status> = new Set(['applied', 'held', 'retired', 'baselined']);

/**
 * Step 1: under the run lock, sees whether the migration is still to be done and writes `started`.
 * A `started` without an end belongs to a run that was killed: nobody else can hold the lock now.
 */
export async function claimMigration(
  context: EventContext,
  migration: RunnableMigration,
): Promise<Claim> {
  const { engine } = context;
  const { connection } = engine.session;
  await beginLocked(connection, runLock(engine));
  await applySettings(connection, transactionSettings(engine));
  const ledger = new Ledger(connection, engine.names);
  const record = readHistory(await ledger.history()).get(migration.id);
  if (record !== undefined && FINAL.has(record.status)) {
    await connection.query(rawSql('rollback'));
    return { kind: 'done', status: record.status };
  }
  const generation = record?.generation ?? 1;
  if (record !== undefined && context.ledgerVersion >= 2) {
    const key = { migrationId: migration.id, generation };
    await assertNotInBatches(connection, engine.names, key);
  }
  const status = await closeOpenRun(context, ledger, { migration, record });
  const missing = await missingRequirements(context, migration);
  if (missing.length > 0) {
    if (status !== 'skipped') {
      const note = `missing: ${missing.join(', ')}`;
      const skipped = migrationEvent(context, 'skipped', { migration, generation });
      await ledger.advance(status, { ...skipped, note });
    }
    await connection.query(rawSql('commit'));
    return { kind: 'skipped', missing };
  }
  await ledger.advance(status, migrationEvent(context, 'started', { migration, generation }));
  return { kind: 'claimed', generation };
}

/** @returns where the migration stands now */
export async function closeOpenRun(
  context: EventContext,
  ledger: Ledger,
  subject: { readonly migration: RunnableMigration; readonly record: MigrationRecord | undefined },
): Promise<Status> {
  const { migration, record } = subject;
  if (record === undefined) return 'pending';
  const { status, generation, openRunId } = record;
  if (openRunId === null) return status;
  const interrupted = migrationEvent(context, 'interrupted', { migration, generation });
  const note = 'The run ended without a word.';
  return (await ledger.advance(status, { ...interrupted, runId: openRunId, note })).status;
}

export async function missingRequirements(
  { engine }: Pick<EventContext, 'engine'>,
  migration: RunnableMigration,
): Promise<readonly string[]> {
  if (migration.requires.length === 0) return [];
  const { schema, archiveSchema } = engine.names;
  const catalog = await introspect(engine.session.connection, {
    excludeSchemas: [schema, archiveSchema],
  });
  return migration.requires.filter((reference) => !referenceExists(catalog, reference));
}
