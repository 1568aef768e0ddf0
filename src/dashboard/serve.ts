import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';

import { type ConnectOptions, openProject, type World } from '../app/compose.ts';
import { Readers } from '../app/readers.ts';
import type { TargetDescription } from '../database/connection.ts';
import { HygieneError } from '../kernel/errors.ts';
import { noProgress } from '../kernel/progress.ts';
import { dashboardContext } from './context.ts';
import { createDashboard } from './dashboard.tsx';

export interface ServeOptions {
  /** Address to listen at; loopback unless somebody says otherwise. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Further names under which it may be asked for. */
  readonly allowedHosts: readonly string[];
  /** Null: one is made. */
  readonly token: string | null;
}

export interface ServedDashboard {
  readonly target: TargetDescription;
  readonly environment: string | null;
  /** Without the token. */
  readonly url: string;
  readonly token: string;
  /** Ends when the signal of the world aborts, with all requests. */
  readonly closed: Promise<void>;
}

/** Few, so that readers who look at a database do not slow it down. */
const CONNECTIONS = 3;
const WAIT_MS = 5_000;

/**
 * Serves the dashboard until the signal of the world aborts.
 * @throws HygieneError HYG_SERVE_ADDRESS, HYG_USAGE, and those of reaching the database
 */
export async function serveDashboard(
  world: World,
  connect: ConnectOptions,
  options: ServeOptions,
): Promise<ServedDashboard> {
  const names = namesFor(options);
  const config = await openProject(world, connect).config();
  const size = connect.embedded ? 1 : CONNECTIONS;
  // Nobody watches a terminal for the scan that a page asks for.
  const quiet: World = { ...world, progress: noProgress };
  const readers = new Readers(quiet, connect, { size, waitMs: WAIT_MS });
  try {
    const target = await readers.use(({ engine }) => Promise.resolve(engine.session.target));
    const token = options.token ?? secret(world);
    const hosts = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
    const access = { token, hosts, cookie: `hygiene_${secret(world).slice(0, 8)}` };
    const dashboard = dashboardContext({ world, readers, config, target, access });
    const app = createDashboard(dashboard);
    // A ledger so large that it takes longer is proven while the first pages are read.
    await dashboard.chain.refresh().catch(() => null);
    const { status } = await dashboard.overview.refresh();
    const server = createAdaptorServer({ fetch: app.fetch }) as Server;
    const port = await listen(server, options);
    for (const name of names) hosts.add(`${name}:${String(port)}`);
    const [name = options.host] = names;
    return {
      ...{ target, token, environment: status.environment, url: `http://${name}:${String(port)}/` },
      closed: closing(server, world.signal).then(() => readers.close()),
    };
  } catch (error) {
    await readers.close();
    throw error;
  }
}

/** 122 bits that nobody can guess. */
function secret({ random }: World): string {
  return random.uuid().replaceAll('-', '');
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The names under which it may be asked for at its own port. */
function namesFor({ host, allowedHosts }: ServeOptions): readonly string[] {
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') return LOOPBACK;
  if (!EVERYWHERE.has(host)) return [host.includes(':') ? `[${host}]` : host.toLowerCase()];
  if (allowedHosts.length > 0) return LOOPBACK;
  throw new HygieneError('HYG_USAGE', {
    message: `--host ${host} is every address of this machine: say under which names it is asked for.`,
    hint: 'hygiene serve --host 0.0.0.0 --allow-host dashboard.example:4680',
  });
}

function listen(server: Server, { host, port }: ServeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new HygieneError('HYG_SERVE_ADDRESS', {
          message: `The dashboard cannot listen at ${host}, port ${String(port)}: ${reasonOf(cause)}.`,
          hint: '--port 0 takes any port that is free; --host names another address.',
          details: { host, port },
          cause,
        }),
      );
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

function reasonOf({ code = 'unknown reason' }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? code;
}

function closing(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const close = (): void => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  });
}
