import type { TargetDescription } from '../../database/connection.ts';
import { archivedRows, installedObjects } from '../../ledger/installed-objects.ts';
import type { InstalledObjects, ArchivedRows } from '../../ledger/installed-objects.ts';
import { uninstallSql } from '../../ledger/uninstall-sql.ts';
import { type ConnectOptions, withEngine, type World } from '../compose.ts';

export interface UninstallReport {
  readonly target: TargetDescription;
  readonly objects: InstalledObjects;
  readonly archived: ArchivedRows;
  /** Empty where there is nothing to remove. */
  readonly sql: string;
}

/** Finds what hygiene has in the database, and how to remove it. Nothing is changed. */
export function uninstallOperation(
  world: World,
  options: ConnectOptions,
): Promise<UninstallReport> {
  return withEngine(world, { ...options, purpose: 'read' }, async ({ engine }) => {
    const { session, names } = engine;
    const objects = await installedObjects(session.connection, names);
    const archived = await archivedRows(session.connection, names);
    return { target: session.target, objects, archived, sql: uninstallSql(objects) };
  });
}
