import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/database/connection.ts';
import { postgresSource } from '../../src/database/postgres-connection.ts';
import { embeddedIn } from '../support/embedded.ts';

/** A connection of the package to a test database. */
export async function connectTo(url: string): Promise<Connection> {
  const { hostname, port, pathname, username } = new URL(url);
  const source = postgresSource(
    { connectionString: url },
    {
      kind: 'postgres',
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: username,
      source: 'test',
      notes: [],
    },
  );
  return source.connect();
}

/** Runs the work on an embedded database of its own. */
export async function withEmbedded(work: (connection: Connection) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hygiene-embedded-'));
  try {
    const connection = await (await embeddedIn(join(directory, 'data'))).connect();
    try {
      await work(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
