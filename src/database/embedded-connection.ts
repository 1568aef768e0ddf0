import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { PGlite } from '@electric-sql/pglite';
import type * as PgliteModule from '@electric-sql/pglite';

import { HygieneError } from '../kernel/errors.ts';
import { rawSql, type RenderedSql, renderSql, type Sql } from '../kernel/sql.ts';
import type {
  Connection,
  ConnectionSource,
  QueryResult,
  TargetDescription,
  TransactionStatus,
} from './connection.ts';
import { INT8_OID, parseInt8 } from './int8.ts';
import { hasSqlstate } from './sqlstate.ts';

/**
 * A source of connections to the embedded database (PGlite) in a directory: one process, one
 * connection, no time-outs, no cancel. For demos and trials, never chosen because something is missing.
 */
export function embeddedSource(directory: string, source: string): ConnectionSource {
  const target: TargetDescription = {
    kind: 'embedded',
    host: 'embedded',
    port: null,
    database: directory,
    user: 'postgres',
    source,
    notes: ['The embedded database has one connection: no races, no time-outs, no cancel.'],
  };
  return {
    target,
    connect: async () => {
      mkdirSync(directory, { recursive: true });
      const unlock = lockDirectory(directory);
      try {
        const { PGlite } = await importPglite();
        const database = await PGlite.create({
          dataDir: join(directory, 'data'),
          parsers: { [INT8_OID]: parseInt8 },
        });
        return new EmbeddedConnection(database, unlock);
      } catch (error) {
        unlock();
        throw error;
      }
    },
  };
}

/** A database in memory, made of what {@link Connection.dumpFiles} gave. */
export async function embeddedFromFiles(files: Uint8Array): Promise<Connection> {
  const { PGlite } = await importPglite();
  const loadDataDir = new Blob([Uint8Array.from(files)]);
  const database = await PGlite.create({ loadDataDir, parsers: { [INT8_OID]: parseInt8 } });
  return new EmbeddedConnection(database, () => undefined);
}

class EmbeddedConnection implements Connection {
  readonly kind = 'embedded';
  readonly #database: PGlite;
  readonly #unlock: () => void;

  constructor(database: PGlite, unlock: () => void) {
    this.#database = database;
    this.#unlock = unlock;
  }

  async query<R extends object>(statement: Sql | RenderedSql): Promise<QueryResult<R>> {
    const { text, values } = renderSql(statement);
    const { rows, rowCount } = await this.#database.query<R>(text, [...values]);
    return { rows, rowCount: rowCount ?? 0 };
  }

  async script(text: string): Promise<readonly QueryResult<Record<string, unknown>>[]> {
    const results = await this.#database.exec(text);
    return results.map((each) => ({
      rows: each.rows,
      rowCount: each.rowCount ?? 0,
    }));
  }

  /** PGlite does not report the status, so it is probed: only an open transaction takes a savepoint. */
  async transactionStatus(): Promise<TransactionStatus> {
    try {
      await this.query(rawSql('savepoint hygiene_status'));
      await this.query(rawSql('release savepoint hygiene_status'));
      return 'open';
    } catch (error) {
      if (hasSqlstate(error, '25P01')) return 'idle';
      if (hasSqlstate(error, '25P02')) return 'failed';
      throw error;
    }
  }

  cancelRunning(): Promise<void> {
    return Promise.resolve();
  }

  async dumpFiles(): Promise<Uint8Array> {
    const archive = await this.#database.dumpDataDir('gzip');
    return new Uint8Array(await archive.arrayBuffer());
  }

  isLost(): boolean {
    return this.#database.closed;
  }

  async close(): Promise<void> {
    if (!this.#database.closed) await this.#database.close();
    this.#unlock();
  }
}

async function importPglite(): Promise<typeof PgliteModule> {
  try {
    return await import('@electric-sql/pglite');
  } catch (error) {
    throw new HygieneError('HYG_CONFIG_EMBEDDED_MISSING', {
      message: 'The embedded database (@electric-sql/pglite) is not installed.',
      hint: 'npm install --save-dev @electric-sql/pglite',
      cause: error,
    });
  }
}

/** Lock files of this process. In a container every run has the same pid, so the pid alone tells nothing. */
const heldHere = new Set<string>();

/**
 * Two processes on one data directory would destroy it, so the second one is turned away. The lock is
 * made first and looked at only when it was there: of two that come at once, one makes it.
 */
function lockDirectory(directory: string): () => void {
  const path = resolve(directory, 'lock');
  if (!tryLock(path)) {
    const holder = readHolder(path);
    if (isHeld(path, holder)) throw lockedBy(directory, holder);
    rmSync(path, { force: true });
    if (!tryLock(path)) throw lockedBy(directory, readHolder(path));
  }
  heldHere.add(path);
  return () => {
    heldHere.delete(path);
    rmSync(path, { force: true });
  };
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function lockedBy(directory: string, pid: number | null): HygieneError {
  return new HygieneError('HYG_LOCK_EMBEDDED', {
    message: `${pid === null ? 'Another process' : `Process ${String(pid)}`} uses the embedded database in ${directory}.`,
    hint: `It takes one process at a time: run again when the other one is done (or remove ${join(directory, 'lock')} if there is none).`,
    details: { pid },
  });
}

function readHolder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isHeld(path: string, pid: number | null): boolean {
  // Made, but not written yet: somebody is just taking it.
  if (pid === null) return true;
  if (pid === process.pid) return heldHere.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
