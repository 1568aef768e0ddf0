import pg from 'pg';

import { parseDatabaseUrl } from './database-url.ts';
import { postgresSource } from './postgres-connection.ts';
import type { ConnectionSource } from './connection.ts';

/** A database that several work in at once: a source for our own statements, a pool for a library's. */
export interface SharedDatabase {
  readonly source: ConnectionSource;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * @param name where the URL came from, for messages
 * @throws HygieneError HYG_CONFIG_BAD_URL
 */
export function openShared(url: string, name: string, size: number): SharedDatabase {
  const { config, host, port, database, user, notes } = parseDatabaseUrl(url, name);
  const target = { kind: 'postgres' as const, host, port, database, user, source: name, notes };
  const pool = new pg.Pool({ ...config, max: size, application_name: 'hygiene fleet' });
  // A lost idle connection is made anew when one is needed.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return { source: postgresSource(config, target), pool, close: () => pool.end() };
}
