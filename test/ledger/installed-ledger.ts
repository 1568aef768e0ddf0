import type { Connection } from '../../src/database/connection.ts';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';
import { postgresSource } from '../../src/database/postgres-connection.ts';
import type { EventName, NewEvent } from '../../src/ledger/events.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { defaultLedgerNames, type LedgerNames } from '../../src/ledger/names.ts';

export async function connectTo(url: string): Promise<Connection> {
  const { config, host, port, database, user, notes } = parseDatabaseUrl(url, 'test');
  return postgresSource(config, {
    kind: 'postgres',
    host,
    port,
    database,
    user,
    source: 'test',
    notes,
  }).connect();
}

export interface OpenLedger {
  readonly connection: Connection;
  readonly ledger: Ledger;
}

export async function openLedger(
  url: string,
  names: LedgerNames = defaultLedgerNames,
): Promise<OpenLedger> {
  const connection = await connectTo(url);
  return { connection, ledger: new Ledger(connection, names) };
}

export async function installLedger(
  url: string,
  names: LedgerNames = defaultLedgerNames,
): Promise<OpenLedger> {
  const open = await openLedger(url, names);
  await open.ledger.install('1.2.3');
  return open;
}

/** An event of migration `m1`, generation 1, unless `facts` say otherwise. */
export function eventOf(event: EventName, facts: Partial<NewEvent> = {}): NewEvent {
  return { event, migrationId: 'm1', generation: 1, ...facts };
}
