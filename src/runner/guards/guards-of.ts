import type { Connection } from '../../database/connection.ts';
import { readIdentity } from '../../ledger/identity.ts';
import { readGuards } from '../../ledger/guards.ts';
import type { MigrationRecord } from '../../ledger/history.ts';
import type { LedgerSnapshot } from '../../ledger/ledger.ts';
import type { LedgerNames } from '../../ledger/names.ts';
import { SCHEMA_VERSION } from '../../ledger/tables-sql.ts';
import type { Guard } from '../../planner/guard.ts';
import type { Engine } from '../engine.ts';
import type { EventContext } from '../events.ts';

/** The guards of the current application; empty where it asked for none. */
export async function guardsOf(
  connection: Connection,
  names: LedgerNames,
  record: MigrationRecord | undefined,
): Promise<readonly Guard[]> {
  if (record === undefined || record.guards.size === 0) return [];
  return readGuards(connection, names, { migrationId: record.id, generation: record.generation });
}

/** For what is recorded outside a run of migrations. */
export async function guardContext(
  engine: Engine,
  snapshot: LedgerSnapshot,
): Promise<EventContext> {
  const { marker, schemaVersion } = snapshot;
  return {
    engine,
    environment: marker?.environment ?? null,
    identity: await readIdentity(engine.session.connection, marker?.marker ?? null),
    ledgerVersion: schemaVersion ?? SCHEMA_VERSION,
  };
}
