import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BROWSER, unpackBrowser } from './browser.ts';
import { careless, startPostgresServer } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

declare global {
  var hygieneTestServer: PostgresServer | undefined;
  /** Holds whatever the tests put into the temporary directory, and goes with all of it. */
  var hygieneTestDirectory: string | undefined;
}

/** What would lead a test to a database of the developer's machine. */
const foreignSettings = /^(HYGIENE_(?!SOAK$|TEST_POSTGRES$)|DATABASE_URL$|PG[A-Z]+$)/;

/** Starts the PostgreSQL of this run; the test files find it in HYGIENE_TEST_SERVER. */
export default async function startServer(): Promise<void> {
  for (const name of Object.keys(process.env)) {
    if (foreignSettings.test(name)) Reflect.deleteProperty(process.env, name);
  }
  if (process.env['HYGIENE_SOAK'] !== '1') process.env[BROWSER] = await unpackBrowser();
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-tests-'));
  // Servers of the tests run as other users.
  chmodSync(directory, 0o755);
  globalThis.hygieneTestDirectory = directory;
  process.env['TMPDIR'] = directory;
  // Another PostgreSQL than that of npm, by the directory that holds its `bin`.
  const server = await startPostgresServer(careless, process.env['HYGIENE_TEST_POSTGRES']);
  globalThis.hygieneTestServer = server;
  process.env['HYGIENE_TEST_SERVER'] = server.url;
  process.env['HYGIENE_TEST_EMBEDDED'] = mkdtempSync(join(directory, 'embedded-'));
}
