import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { introspect } from '../catalog/introspect.ts';
import type { Connection } from '../database/connection.ts';
import { BEGIN_SNAPSHOT } from '../database/settings.ts';
import { embeddedFromFiles } from '../database/embedded-connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { backupFailed, lastWords } from './backup-errors.ts';
import {
  differingContents,
  filledTables,
  pinText,
  readContents,
  type TableContents,
} from './contents.ts';
import type { BackupManifest, BackupScope } from './manifest.ts';
import { describeFile } from './new-backup-file.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

export interface BackupFile {
  readonly path: string;
  /** Null: nothing is kept beside the file. */
  readonly manifest: BackupManifest | null;
}

/** What the embedded database gives is compressed as a whole; a dump of a server is not. */
export function isEmbeddedDump(path: string): boolean {
  const start = Buffer.alloc(2);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  return start.equals(GZIP);
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Whether the file is still what was written.
 * @throws HygieneError HYG_USAGE where there is none, HYG_BACKUP_UNREADABLE where it is another
 */
export async function assertUnaltered({ path, manifest }: BackupFile): Promise<void> {
  if (!existsSync(path)) {
    throw new HygieneError('HYG_USAGE', {
      message: `There is no file ${path}.`,
      hint: 'hygiene backup   writes one, and says where.',
    });
  }
  if (manifest === null) return;
  const { bytes, sha256 } = await describeFile(path);
  if (bytes === manifest.bytes && sha256 === manifest.sha256) return;
  throw new HygieneError('HYG_BACKUP_UNREADABLE', {
    message: `${path} is not the file that was written: ${String(bytes)} bytes with SHA-256 ${sha256.slice(0, 12)}…, but it was ${String(manifest.bytes)} with ${manifest.sha256.slice(0, 12)}….`,
    hint: 'Do not rely on it. Take another: hygiene backup',
    details: { bytes, sha256, expected: { bytes: manifest.bytes, sha256: manifest.sha256 } },
  });
}

/**
 * What a dump says is in it.
 * @returns how many tables have rows in it
 * @throws HygieneError HYG_BACKUP_UNREADABLE
 */
export async function listDump(
  { path, manifest }: BackupFile,
  programs: PostgresPrograms,
  signal: AbortSignal,
): Promise<number> {
  await programs.versionOf('pg_restore');
  const result = await programs.run('pg_restore', { args: ['--list', path], signal });
  const listed = entriesOf(result.stdout).filter((entry) => entry.includes(' TABLE DATA ')).length;
  const expected = manifest?.tables.length ?? listed;
  if (result.exitCode === 0 && listed >= expected) return listed;
  throw new HygieneError('HYG_BACKUP_UNREADABLE', {
    message:
      result.exitCode === 0
        ? `${path} holds the rows of ${String(listed)} tables, but it was made of ${String(expected)}.`
        : `pg_restore cannot read ${path}:\n${lastWords(result)}`,
    hint: 'Do not rely on it. Take another: hygiene backup',
  });
}

function entriesOf(list: string): readonly string[] {
  return list.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
}

/** What a restore puts back is only to be looked at: whom it belongs to, and who copies it, is left out. */
const RESTORE_ONLY = [
  ...['--exit-on-error', '--no-password', '--no-owner', '--no-privileges', '--no-comments'],
  ...['--no-publications', '--no-subscriptions', '--no-security-labels', '--no-tablespaces'],
];

/**
 * Restores a dump into an empty database.
 * @throws HygieneError HYG_BACKUP_DIFFERS where it cannot be restored
 */
export async function restoreDump(
  { path, scope }: { readonly path: string; readonly scope: BackupScope },
  programs: PostgresPrograms,
  place: { readonly database: string; readonly signal: AbortSignal },
): Promise<void> {
  // Rows that others point to are not in it, so the foreign keys would not hold.
  const sections = scope === 'affected' ? ['--section=pre-data', '--section=data'] : [];
  const result = await programs.run('pg_restore', {
    args: [...RESTORE_ONLY, ...sections, `--dbname=${place.database}`, path],
    ...place,
  });
  if (result.exitCode === 0) return;
  const { message } = backupFailed(`${path} could not be restored`, result);
  throw new HygieneError('HYG_BACKUP_DIFFERS', {
    message,
    hint: 'The scratch database was dropped. Where extensions or roles are missing, restore on a server that has them: --scratch-url URL',
  });
}

/**
 * Compares what was restored with what was backed up, table by table.
 * @throws HygieneError HYG_BACKUP_DIFFERS
 */
export async function assertSameContents(
  restored: Connection,
  { tables }: BackupManifest,
): Promise<void> {
  const now = await contentsOf(restored);
  const differences = differingContents(tables, now);
  if (differences.length === 0) return;
  const lines = differences.slice(0, 8).map(({ table, backedUp, restored: after }) => {
    const found = after === null ? 'is missing' : `has ${String(after)} rows`;
    return `  ${table} ${found}; ${String(backedUp)} were backed up${after === backedUp ? ', with other values' : ''}`;
  });
  throw new HygieneError('HYG_BACKUP_DIFFERS', {
    message: ['What was restored is not what was backed up:', ...lines].join('\n'),
    hint: 'Do not rely on this backup. Take another: hygiene backup',
    details: { differences },
  });
}

async function contentsOf(connection: Connection): Promise<readonly TableContents[]> {
  await connection.query(rawSql(`${BEGIN_SNAPSHOT} read only`));
  await pinText(connection);
  const catalog = await introspect(connection);
  const contents = await readContents(connection, filledTables(catalog));
  await connection.query(rawSql('rollback'));
  return contents;
}

/**
 * A database in memory, made of a dump of the embedded database; whoever asks closes it.
 * @throws HygieneError HYG_BACKUP_UNREADABLE
 */
export async function openEmbeddedDump(path: string): Promise<Connection> {
  try {
    const files = readFileSync(path);
    // PGlite would not tell us that it ends too early.
    gunzipSync(files);
    return await embeddedFromFiles(files);
  } catch (error) {
    if (error instanceof HygieneError) throw error;
    throw new HygieneError('HYG_BACKUP_UNREADABLE', {
      message: `${path} cannot be opened as an embedded database: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Do not rely on it. Take another: hygiene backup --embedded',
      cause: error,
    });
  }
}
