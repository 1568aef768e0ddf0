import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Connection } from '../../src/database/connection.ts';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';
import { postgresSource } from '../../src/database/postgres-connection.ts';
import { createDatabase } from '../support/database.ts';
import { embeddedIn } from '../support/embedded.ts';

/** A database of one of the two kinds, and the connection to it. */
export interface OpenedDatabase {
  readonly connection: Connection;
  /** Closes the connection and removes the database. */
  dispose(): Promise<void>;
}

export const databases: Readonly<Record<Connection['kind'], () => Promise<OpenedDatabase>>> = {
  postgres: async () => {
    const database = await createDatabase();
    const {
      config,
      host,
      port,
      database: name,
      user,
      notes,
    } = parseDatabaseUrl(database.url, 'test');
    const target = {
      kind: 'postgres' as const,
      host,
      port,
      database: name,
      user,
      source: 'test',
      notes,
    };
    const connection = await postgresSource(config, target).connect();
    return {
      connection,
      dispose: async () => {
        await connection.close();
        await database.drop();
      },
    };
  },
  embedded: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hygiene-contract-'));
    const connection = await (await embeddedIn(directory)).connect();
    return {
      connection,
      dispose: async () => {
        await connection.close();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
};
