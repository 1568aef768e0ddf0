import type { Connection } from '../../database/connection.ts';
import { readGuards } from '../../ledger/guards.ts';
import type { MigrationRecord } from '../../ledger/history.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import type { Guard } from '../../planner/guard.ts';

/** The guards of the current application; empty where it asked for none. */
export async function guardsOf(
  connection: Connection,
  names: LedgerNames,
  record: MigrationRecord | undefined,
): Promise<readonly Guard[]> {
  if (record === undefined || record.guards.size === 0) return [];
  return readGuards(connection, names, { migrationId: record.id, generation: record.generation });
}
