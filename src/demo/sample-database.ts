import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Connection, queryOne } from '../database/connection.ts';
import { embeddedSource } from '../database/embedded-connection.ts';
import { sql } from '../kernel/sql.ts';
import { QualifiedName } from '../kernel/identifiers.ts';

/** The sample application that is shipped with the package, from `src/` and `dist/` alike. */
const SAMPLE = fileURLToPath(new URL('../../hygiene/', import.meta.url));
const MIGRATION = /^(?:\d{14}_.*|config)\.(?:ts|sql)$/;

const sampleTables = [
  'admins',
  'users',
  'live_sessions',
  'payments',
  'subscriptions',
  'reports',
] as const;

export type RowsByTable = Readonly<Record<(typeof sampleTables)[number], number>>;

/** Where `--embedded` looks for its database. */
const EMBEDDED = '.hygiene';

/**
 * Empties a directory and puts the sample project into it: its migrations, its config, and an
 * embedded database with its schema and data.
 * @returns the rows by table
 */
export async function prepareSample(directory: string): Promise<RowsByTable> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'hygiene'), { recursive: true });
  for (const name of readdirSync(SAMPLE).filter((each) => MIGRATION.test(each))) {
    copyFileSync(join(SAMPLE, name), join(directory, 'hygiene', name));
  }
  return inSample(directory, async (connection) => {
    for (const name of ['schema.sql', 'demo-data.sql']) {
      await connection.script(readFileSync(join(SAMPLE, 'sample', name), 'utf8'));
    }
    return countRows(connection);
  });
}

export function countSampleRows(directory: string): Promise<RowsByTable> {
  return inSample(directory, countRows);
}

async function inSample<T>(
  directory: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await embeddedSource(join(directory, EMBEDDED), 'demo').connect();
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function countRows(connection: Connection): Promise<RowsByTable> {
  const counts: [string, number][] = [];
  for (const table of sampleTables) {
    const name = new QualifiedName('public', table);
    const { rows } = await queryOne<{ rows: number }>(
      connection,
      sql`select count(*)::int as rows from ${name}`,
    );
    counts.push([table, rows]);
  }
  return Object.fromEntries(counts) as RowsByTable;
}
