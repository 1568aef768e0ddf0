import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pooler {
  readonly process: ChildProcess;
  /** The same server and user, through the pooler. */
  readonly urlOf: (database: string) => string;
}

/**
 * Starts a PgBouncer before a server; whoever starts it ends its process.
 * @param settings lines of its configuration, such as `pool_mode = transaction`
 */
export async function startPooler(server: URL, settings: readonly string[]): Promise<Pooler> {
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-pooler-'));
  chmodSync(directory, 0o755);
  const port = await freePort();
  const users = join(directory, 'users.txt');
  const config = join(directory, 'pgbouncer.ini');
  writeFileSync(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${String(port)}`,
    'auth_type = md5',
    `auth_file = ${users}`,
    'unix_socket_dir =',
    ...settings,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const pooler = spawn('pgbouncer', [...asNobody, config], { stdio: ['ignore', 'ignore', 'pipe'] });
  // It keeps logging, so its output has to be read to the end.
  await new Promise<void>((resolve, reject) => {
    pooler.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('process up')) resolve();
    });
    pooler.once('close', () => {
      reject(new Error('pgbouncer did not start'));
    });
  });
  const urlOf = (database: string): string => {
    const url = new URL(server);
    [url.hostname, url.port, url.pathname] = ['127.0.0.1', String(port), `/${database}`];
    return url.href;
  };
  return { process: pooler, urlOf };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
