import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CancellableConnection } from '../database/cancellable.ts';
import type { Connection } from '../database/connection.ts';
import { inReadOnlySnapshot } from '../database/reading.ts';
import { beginLocked } from '../database/run-lock.ts';
import { applySettings } from '../database/settings.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql, sql } from '../kernel/sql.ts';
import type { AppendedEvent } from '../ledger/events.ts';
import { readHistory } from '../ledger/history.ts';
import { Ledger } from '../ledger/ledger.ts';
import { attemptAgain } from './attempts.ts';
import { type ListedArchive, listArchives } from './archives.ts';
import { type Engine, runLock, transactionSettings } from './engine.ts';
import { type EventContext, migrationEvent } from './events.ts';
import { subjectOf } from './restore.ts';

/** Rows that are held in memory at a time. */
const FETCHED_ROWS = 200;

interface ExportedFile {
  readonly file: string;
  readonly source: string;
  readonly kind: ListedArchive['kind'];
  readonly stage: number;
  readonly generation: number;
  readonly rows: number;
  readonly bytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
}

export interface ExportReport {
  readonly directory: string;
  readonly files: readonly ExportedFile[];
  readonly event: AppendedEvent;
}

/**
 * Writes every archive table of a migration as JSON Lines, with a manifest of rows and SHA-256 by file.
 * The directory gets its name when everything is in it: there is no half export.
 * @param to the directory in which one for this export is made
 * @throws HygieneError HYG_CONFIG_EXISTS, HYG_REFUSED_NOT_RESTORABLE, HYG_RUN_EXPORT
 */
export async function exportArchive(
  context: EventContext,
  { id, to }: { readonly id: string; readonly to: string },
): Promise<ExportReport> {
  const { engine } = context;
  const directory = join(to, id);
  if (existsSync(directory)) throw exists(directory);
  const draft = join(to, `.${id}.${engine.facts.runId}`);
  try {
    const files = await attemptAgain(engine, id, () => writeAll(context, id, draft));
    await carefully(directory, () => rename(draft, directory));
    const event = await record(context, id, files).catch(async (error: unknown) => {
      await rm(directory, { recursive: true, force: true });
      throw error;
    });
    return { directory, files, event };
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function writeAll(
  { engine }: EventContext,
  id: string,
  draft: string,
): Promise<readonly ExportedFile[]> {
  const connection = new CancellableConnection(engine.session.connection, engine.signal);
  const files = await inReadOnlySnapshot(connection, transactionSettings(engine), () =>
    writeFiles({ engine, connection }, id, draft),
  );
  await carefully(draft, () =>
    writeFile(join(draft, 'manifest.json'), manifest(engine, id, files)),
  );
  return files;
}

async function writeFiles(
  { engine, connection }: { readonly engine: Engine; readonly connection: Connection },
  id: string,
  draft: string,
): Promise<readonly ExportedFile[]> {
  const options = { retentionDays: 0, migrationId: id };
  const archives = await listArchives(connection, engine.names, options);
  if (archives.length === 0) throw nothing(id);
  await carefully(draft, async () => {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
  });
  const files: ExportedFile[] = [];
  for (const archive of archives) {
    const file = fileName(archive.archive.name, files.length);
    files.push({ ...(await writeOne(connection, archive, { draft, file })), file });
  }
  return files;
}

async function writeOne(
  connection: Connection,
  { archive, source, kind, stage, generation }: ListedArchive,
  { draft, file }: { readonly draft: string; readonly file: string },
): Promise<Omit<ExportedFile, 'file'>> {
  await connection.query(sql`
    declare hygiene_export no scroll cursor for
    select row_to_json(hygiene_kept)::text as line from ${archive} as hygiene_kept
  `);
  const path = join(draft, file);
  const hash = createHash('sha256');
  let rows = 0;
  let bytes = 0;
  const handle = await carefully(path, () => open(path, 'wx'));
  try {
    for (;;) {
      const { rows: fetched } = await connection.query<{ line: string }>(
        rawSql(`fetch ${String(FETCHED_ROWS)} from hygiene_export`),
      );
      if (fetched.length === 0) break;
      const text = Buffer.from(fetched.map(({ line }) => `${line}\n`).join(''));
      hash.update(text);
      await carefully(path, () => handle.appendFile(text));
      rows += fetched.length;
      bytes += text.length;
    }
    await carefully(path, () => handle.sync());
  } finally {
    await handle.close();
  }
  await connection.query(rawSql('close hygiene_export'));
  return {
    source: source.toString(),
    kind,
    stage,
    generation,
    rows,
    bytes,
    sha256: hash.digest('hex'),
  };
}

function manifest({ clock, session }: Engine, id: string, files: readonly ExportedFile[]): string {
  const { host, database } = session.target;
  const facts = { version: 1, migration: id, exportedAt: clock.now(), host, database, files };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/** Names of tables may hold what names of files may not. */
function fileName(table: string, position: number): string {
  const plain = table.replaceAll(/[^\w.-]/g, '_');
  return plain === table ? `${table}.jsonl` : `${plain}_${String(position)}.jsonl`;
}

async function record(
  context: EventContext,
  id: string,
  files: readonly ExportedFile[],
): Promise<AppendedEvent> {
  const { engine } = context;
  return attemptAgain(engine, id, async () => {
    const connection = new CancellableConnection(engine.session.connection, engine.signal);
    await beginLocked(connection, runLock(engine));
    await applySettings(connection, transactionSettings(engine));
    const ledger = new Ledger(connection, engine.names);
    const known = readHistory(await ledger.history()).get(id);
    const event = await ledger.advance(known?.status ?? 'pending', {
      ...migrationEvent(context, 'archive_exported', {
        migration: subjectOf(known ?? { id, checksum: null }),
        generation: known?.generation ?? 1,
      }),
      evidence: { files },
    });
    await connection.query(rawSql('commit'));
    return event;
  });
}

/** What the file system refuses, told with the path. */
async function carefully<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HygieneError || databaseErrorFacts(error) !== null) throw error;
    const { code = 'unknown reason' } = error as { readonly code?: string };
    throw new HygieneError('HYG_RUN_EXPORT', {
      message: `${path} could not be written: ${code}. What was written was removed again.`,
      hint: 'Make room there, or name another directory with --to. The archive is as it was.',
      details: { path, reason: code },
      cause: error,
    });
  }
}

function exists(directory: string): HygieneError {
  return new HygieneError('HYG_CONFIG_EXISTS', {
    message: `${directory} is there already. Nothing was written.`,
    hint: 'Name another directory with --to, or move the earlier export away.',
    details: { path: directory },
  });
}

function nothing(id: string): HygieneError {
  return new HygieneError('HYG_REFUSED_NOT_RESTORABLE', {
    message: `${id} has no archive in this database: it was pruned, or there never was one.`,
    hint: 'hygiene archive list   shows what there is.',
    details: { id },
  });
}
