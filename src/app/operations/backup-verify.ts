import { resolve } from 'node:path';

import { type BackupManifest, manifestPath, recordedFacts, rowsIn } from '../../backup/manifest.ts';
import { PostgresPrograms } from '../../backup/postgres-programs.ts';
import { inScratchDatabase } from '../../backup/scratch-database.ts';
import {
  assertSameContents,
  assertUnaltered,
  type BackupFile,
  isEmbeddedDump,
  listDump,
  openEmbeddedDump,
  restoreDump,
} from '../../backup/verify-backup.ts';
import type { ConnectionSource, TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { readIdentity } from '../../ledger/identity.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { differingFields } from '../../policy/identity.ts';
import type { Engine } from '../../runner/engine.ts';
import { contextFrom } from '../../runner/events.ts';
import { tryToRecordBackup } from '../../runner/record-backup.ts';
import { readManifest } from '../backup-manifest.ts';
import { type ConnectOptions, openProject, withEngine, type World } from '../compose.ts';
import { resolveTarget } from '../target.ts';
import { writeJsonFile } from '../write-json-file.ts';

export interface BackupVerifyOptions extends ConnectOptions {
  /** Relative to the working directory. */
  readonly file: string;
  /** Directory of pg_restore; null: where PATH says. */
  readonly programs: string | null;
}

export interface BackupRestoreOptions extends BackupVerifyOptions {
  /** A database on the server that the scratch database is made on; null: the target. */
  readonly scratchUrl: string | null;
}

export interface BackupVerifyReport {
  readonly file: string;
  readonly manifest: BackupManifest | null;
  /** Tables whose rows are in it; null: known only once it is restored. */
  readonly tables: number | null;
  /** Null: no restore was asked for. */
  readonly restored: RestoredBackup | null;
}

interface RestoredBackup {
  readonly target: TargetDescription;
  readonly environment: string | null;
  readonly rows: number;
  /** Why the ledger does not know of it; null: it does. */
  readonly notRecorded: string | null;
}

/** Reads a backup back, without any database. */
export async function backupVerifyOperation(
  world: World,
  options: BackupVerifyOptions,
): Promise<BackupVerifyReport> {
  const backup = await readBackup(world, options.file);
  const tables = await listed(world, options, backup);
  return { file: options.file, manifest: backup.manifest, tables, restored: null };
}

/** Restores a backup, compares it with what was backed up, and says so in its proof and the ledger. */
export async function backupRestoreOperation(
  world: World,
  options: BackupRestoreOptions,
): Promise<BackupVerifyReport> {
  const { file } = options;
  const backup = await readBackup(world, file);
  const { manifest } = backup;
  if (manifest === null) {
    throw new HygieneError('HYG_USAGE', {
      message: `There is no ${manifestPath(file)}, so there is nothing to compare a restore with.`,
      hint: `Keep what \`hygiene backup\` writes together. To read the file only: hygiene backup verify ${file}`,
    });
  }
  // To restore the files of the embedded database is to open them: once will do.
  const isEmbedded = isEmbeddedDump(backup.path);
  const tables = isEmbedded ? null : await listed(world, options, backup);
  return withEngine(world, { ...options, purpose: 'apply' }, async ({ engine }) => {
    const { source } = engine.session;
    if (isEmbedded) await restoreFiles(backup.path, manifest);
    else
      await restoreOn(await scratchSource(world, options, source), world, {
        ...options,
        ...backup,
        manifest,
      });
    const restoreTestedAt = world.clock.now().toISOString();
    const tested = { ...manifest, restoreTestedAt };
    writeJsonFile(world.cwd, manifestPath(file), tested);
    const recorded = await record(engine, tested);
    const rows = rowsIn(manifest);
    return {
      file,
      manifest: tested,
      tables,
      restored: { target: source.target, rows, ...recorded },
    };
  });
}

async function readBackup({ cwd }: World, file: string): Promise<BackupFile> {
  const backup = { path: resolve(cwd, file), manifest: readManifest(cwd, file) };
  await assertUnaltered(backup);
  return backup;
}

/** Files of the embedded database have no list: they are opened, or they cannot be. */
async function listed(
  world: World,
  { programs }: BackupVerifyOptions,
  backup: BackupFile,
): Promise<number | null> {
  if (isEmbeddedDump(backup.path)) {
    const opened = await openEmbeddedDump(backup.path);
    await opened.close();
    return null;
  }
  const access = { variables: {}, files: {} };
  return listDump(
    backup,
    new PostgresPrograms({ ...world, directory: programs }, access),
    world.signal,
  );
}

async function restoreFiles(path: string, manifest: BackupManifest): Promise<void> {
  const restored = await openEmbeddedDump(path);
  try {
    await assertSameContents(restored, manifest);
  } finally {
    await restored.close();
  }
}

async function scratchSource(
  world: World,
  { scratchUrl, ...options }: BackupRestoreOptions,
  target: ConnectionSource,
): Promise<ConnectionSource> {
  if (scratchUrl === null) return target;
  const { importer } = openProject(world, options);
  const { source } = await resolveTarget(
    { ...options, ...world, databaseUrl: scratchUrl },
    importer,
  );
  return source;
}

interface DumpToRestore {
  readonly path: string;
  readonly manifest: BackupManifest;
  readonly programs: string | null;
}

async function restoreOn(
  server: ConnectionSource,
  world: World,
  { path, manifest, programs }: DumpToRestore,
): Promise<void> {
  const { forPrograms, inDatabase } = server;
  if (forPrograms === undefined || inDatabase === undefined) {
    throw new HygieneError('HYG_USAGE', {
      message: 'A dump of a server cannot be restored into the embedded database.',
      hint: 'Name a server: --scratch-url postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    });
  }
  const tools = new PostgresPrograms({ ...world, directory: programs }, forPrograms);
  const connection = await server.connect();
  try {
    const suffix = world.random.uuid().slice(0, 8);
    await inScratchDatabase(connection, suffix, async (database) => {
      await restoreDump({ path, scope: manifest.scope }, tools, { database, signal: world.signal });
      const restored = await inDatabase(database).connect();
      try {
        await assertSameContents(restored, manifest);
      } finally {
        await restored.close();
      }
    });
  } finally {
    await connection.close();
  }
}

async function record(
  engine: Engine,
  manifest: BackupManifest,
): Promise<Pick<RestoredBackup, 'environment' | 'notRecorded'>> {
  const { connection } = engine.session;
  const snapshot = await new Ledger(connection, engine.names).snapshot();
  const environment = snapshot.marker?.environment ?? null;
  if (!snapshot.installed) return { environment, notRecorded: 'there is no ledger' };
  const identity = await readIdentity(connection, snapshot.marker?.marker ?? null);
  const [other] = differingFields(manifest.identity, { ...identity });
  if (other !== undefined) {
    return { environment, notRecorded: `it is of another database (another ${other.field})` };
  }
  const context = await contextFrom(engine, snapshot);
  const notRecorded = await tryToRecordBackup(context, manifest, recordedFacts(manifest));
  return { environment, notRecorded };
}
