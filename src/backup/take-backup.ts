import { writeFile } from 'node:fs/promises';

import { introspect } from '../catalog/introspect.ts';
import type { Catalog, Table } from '../catalog/model.ts';
import { CancellableConnection } from '../database/cancellable.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sql } from '../kernel/sql.ts';
import { backupFailed } from './backup-errors.ts';
import { filledTables, pinText, readContents, type TableContents } from './contents.ts';
import type { BackupManifest, BackupScope } from './manifest.ts';
import { makeBackupFile } from './new-backup-file.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

export interface BackupRequest {
  /** In a transaction whose snapshot is that of the backup. */
  readonly connection: Connection;
  /** Null: the embedded database, which gives its files itself. */
  readonly programs: PostgresPrograms | null;
  /** Where it shall be. */
  readonly path: string;
  /** Null: the rows of all tables. */
  readonly affected: AffectedTables | null;
  /** How long to wait for a table that somebody has locked. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Tables whose rows are wanted, beside those of the ledger. */
interface AffectedTables {
  readonly names: ReadonlySet<string>;
  /** Schema of the ledger. */
  readonly schema: string;
}

export type TakenBackup = Pick<
  BackupManifest,
  'bytes' | 'lsn' | 'method' | 'scope' | 'serverVersion' | 'sha256' | 'snapshot' | 'tables'
>;

interface Moment {
  readonly version: string;
  readonly version_number: number;
  readonly snapshot: string;
  readonly lsn: string | null;
}

/**
 * Writes a backup of what the open transaction sees. Meanwhile every table is counted and hashed in the
 * same snapshot, so that a restore can be compared.
 * @throws HygieneError HYG_BACKUP_TOOL, HYG_BACKUP_FAILED, HYG_CONFIG_EXISTS; no file is left then
 */
export async function takeBackup(request: BackupRequest): Promise<TakenBackup> {
  const { connection, programs } = request;
  const moment = await readMoment(connection);
  const { version: serverVersion, lsn, snapshot } = moment;
  const taken = await (programs === null
    ? takeFiles(request)
    : takeDump(request, programs, moment));
  return { ...taken, serverVersion, lsn, snapshot };
}

type Taken = Omit<TakenBackup, 'lsn' | 'serverVersion' | 'snapshot'>;

async function takeFiles({ connection, path, signal }: BackupRequest): Promise<Taken> {
  const tables = await contentsNow(connection, filledTables(await introspect(connection)), signal);
  const file = await makeBackupFile(path, async (partial) => {
    if (connection.dumpFiles === undefined) throw new Error('a server is dumped by pg_dump');
    await writeFile(partial, await connection.dumpFiles());
  });
  return { ...file, tables, method: 'files of PGlite', scope: 'database' };
}

async function takeDump(
  request: BackupRequest,
  programs: PostgresPrograms,
  moment: Moment,
): Promise<Taken> {
  const { connection, affected, path } = request;
  const version = await fittingVersion(programs, moment);
  const catalog = await introspect(connection);
  const all = filledTables(catalog);
  const wanted = affected === null ? all : affectedTables(catalog, affected);
  const taken = new Set(wanted);
  const left = all.filter((table) => !taken.has(table));
  const snapshot = await exportSnapshot(connection);
  let tables: readonly TableContents[] = [];
  const file = await makeBackupFile(path, async (partial) => {
    tables = await bothOrNeither(
      request.signal,
      (signal) => contentsNow(connection, wanted, signal),
      (signal) => dump({ ...request, programs, partial, left, snapshot, signal }),
    );
  });
  const scope: BackupScope = affected === null ? 'database' : 'affected';
  return { ...file, tables, method: `pg_dump ${version}, custom format`, scope };
}

/** Side by side; when one fails the other is stopped, and both have ended when this does. */
async function bothOrNeither<T>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<T>,
  second: (signal: AbortSignal) => Promise<void>,
): Promise<T> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const errors: unknown[] = [];
  const watched = async <R>(work: Promise<R>): Promise<R | undefined> => {
    try {
      return await work;
    } catch (error) {
      errors.push(error);
      failed.abort(error);
      return undefined;
    }
  };
  const [result] = await Promise.all([watched(first(either)), watched(second(either))]);
  if (errors.length > 0) throw errors[0];
  return result as T;
}

interface Dump {
  readonly programs: PostgresPrograms;
  readonly partial: string;
  /** Tables whose rows are not wanted. */
  readonly left: readonly Table[];
  readonly snapshot: string;
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

async function dump({ programs, partial, left, ...request }: Dump): Promise<void> {
  const { snapshot, lockTimeoutMs, signal } = request;
  const result = await programs.run('pg_dump', {
    args: [
      ...['--format=custom', '--no-password', `--file=${partial}`, `--snapshot=${snapshot}`],
      `--lock-wait-timeout=${String(lockTimeoutMs)}`,
      ...left.map(({ name }) => `--exclude-table-data=${name.quoted}`),
    ],
    signal,
  });
  if (result.exitCode !== 0) throw backupFailed('pg_dump failed', result);
}

/** Rows of partitions go with what they are a part of; the ledger always does. */
function affectedTables(catalog: Catalog, { names, schema }: AffectedTables): readonly Table[] {
  const isMeant = (table: Table): boolean => {
    if (table.name.schema === schema || names.has(table.name.toString())) return true;
    const whole = table.partitionOf === null ? undefined : catalog.tables.get(table.partitionOf);
    return whole !== undefined && isMeant(whole);
  };
  return filledTables(catalog).filter(isMeant);
}

function readMoment(connection: Connection): Promise<Moment> {
  return queryOne<Moment>(
    connection,
    sql`
      select current_setting('server_version') as version,
             current_setting('server_version_num')::int / 10000 as version_number,
             pg_current_snapshot()::text as snapshot,
             case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                  else pg_current_wal_lsn() end::text as lsn
    `,
  );
}

async function contentsNow(
  connection: Connection,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<readonly TableContents[]> {
  const stoppable = new CancellableConnection(connection, signal);
  await pinText(stoppable);
  return readContents(stoppable, tables);
}

async function fittingVersion(programs: PostgresPrograms, server: Moment): Promise<string> {
  const version = await programs.versionOf('pg_dump');
  if (Number.parseInt(version, 10) >= server.version_number) return version;
  throw new HygieneError('HYG_BACKUP_TOOL', {
    message: `pg_dump ${version} cannot dump a server of version ${server.version}: it must not be older than the server.`,
    hint: `Install the client programs of PostgreSQL ${String(server.version_number)} or newer, or say where they are: --pg-bin DIRECTORY`,
    details: { pgDump: version, server: server.version },
  });
}

async function exportSnapshot(connection: Connection): Promise<string> {
  const { snapshot } = await queryOne<{ snapshot: string }>(
    connection,
    sql`select pg_export_snapshot() as snapshot`,
  );
  return snapshot;
}
