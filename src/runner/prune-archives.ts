import { CancellableConnection } from '../database/cancellable.ts';
import type { Connection } from '../database/connection.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import { type MigrationRecord, readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { archivesTable } from '../ledger/names.ts';
import { attemptAgain } from './attempts.ts';
import { archiveTables, type ListedArchive, listArchives } from './archives.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { type EventContext, migrationEvent } from './events.ts';
import { subjectOf } from './restore.ts';

export interface PruneOptions {
  /** Null: all migrations. */
  readonly id: string | null;
  readonly retentionDays: number;
  readonly dryRun: boolean;
}

/** The archives of one application of a migration, which go together or stay together. */
export interface PrunedApplication {
  readonly migrationId: string;
  readonly generation: number;
  readonly tables: readonly ListedArchive[];
  /** Why they stay; null where they go. */
  readonly kept: string | null;
}

/**
 * Drops archives whose retention has ended, all tables of an application at once, each application with an
 * event in the same transaction. After that nothing of it can be restored.
 */
export async function pruneArchives(
  context: EventContext,
  options: PruneOptions,
): Promise<readonly PrunedApplication[]> {
  const { engine } = context;
  return attemptAgain(engine, 'hygiene archive prune', async () => {
    const connection = new CancellableConnection(engine.session.connection, engine.signal);
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const records = readHistory(await ledger.history());
    const applications = await applicationsOf(engine, connection, { options, records });
    for (const application of applications.filter(({ kept }) => kept === null)) {
      if (options.dryRun) break;
      await drop(engine, connection, application);
      const record = records.get(application.migrationId);
      await ledger.advance(record?.status ?? 'pending', {
        ...migrationEvent(context, 'archive_pruned', {
          migration: subjectOf(record ?? { id: application.migrationId, checksum: null }),
          generation: application.generation,
        }),
        rows: application.tables.map(({ source, rows }) => ({
          ...{ table: source.toString(), planned: 0, archived: rows, removed: 0 },
        })),
        evidence: { archives: application.tables.map(({ archive }) => archive.toString()) },
      });
    }
    await connection.query(rawSql(options.dryRun ? 'rollback' : 'commit'));
    return applications;
  });
}

async function applicationsOf(
  engine: Engine,
  connection: Connection,
  {
    options,
    records,
  }: { readonly options: PruneOptions; readonly records: ReadonlyMap<string, MigrationRecord> },
): Promise<readonly PrunedApplication[]> {
  const { id, retentionDays } = options;
  const listed = await listArchives(connection, engine.names, {
    retentionDays,
    ...(id !== null && { migrationId: id }),
  });
  const groups = new Map<string, ListedArchive[]>();
  for (const each of listed) {
    const key = `${each.migrationId} ${String(each.generation)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((tables) => {
    const [first] = tables;
    if (first === undefined) return [];
    const { migrationId, generation } = first;
    return [
      { migrationId, generation, tables, kept: reasonToKeep(tables, records.get(migrationId)) },
    ];
  });
}

function reasonToKeep(
  tables: readonly ListedArchive[],
  record: MigrationRecord | undefined,
): string | null {
  const days = Math.max(...tables.map(({ daysLeft }) => daysLeft));
  if (days > 0) return days === 1 ? '1 day left' : `${String(days)} days left`;
  const isOpen = record?.status === 'started' && record.generation === tables[0]?.generation;
  return isOpen ? 'its run has not ended' : null;
}

async function drop(
  { names }: Engine,
  connection: Connection,
  { migrationId, generation, tables }: PrunedApplication,
): Promise<void> {
  const ours = archiveTables(connection, names);
  for (const { archive } of tables) await ours.drop(archive);
  await connection.query(sql`
    delete from ${archivesTable(names)}
     where migration_id = ${migrationId} and generation = ${generation}
  `);
}
