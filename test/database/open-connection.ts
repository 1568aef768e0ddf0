import { afterAll } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';
import { postgresSource } from '../../src/database/postgres-connection.ts';
import type { RunLock } from '../../src/database/run-lock.ts';
import { systemClock, systemRandom } from '../../src/kernel/ports.ts';

const opened = new Set<Connection>();

afterAll(async () => {
  await Promise.all([...opened].map((connection) => connection.close()));
  opened.clear();
});

/** A connection of the package; closed after the last test of the file. */
export async function openConnection(url: string): Promise<Connection> {
  const { config, host, port, database, user, notes } = parseDatabaseUrl(url, 'the test');
  const target = {
    kind: 'postgres' as const,
    host,
    port,
    database,
    user,
    source: 'the test',
    notes,
  };
  const connection = await postgresSource(config, target).connect();
  opened.add(connection);
  return connection;
}

/** The lock of a run that tries once. */
export function lockOf(changes: Partial<RunLock> = {}): RunLock {
  return {
    key: '"hygiene"."ledger"',
    timeoutMs: 0,
    clock: systemClock,
    random: systemRandom,
    signal: new AbortController().signal,
    ...changes,
  };
}
