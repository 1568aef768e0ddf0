import { resolve } from 'node:path';

import type { ConnectionSource } from '../database/connection.ts';
import { loadDriver } from '../database/load-driver.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Importer } from '../runner/importer.ts';

/** How a person may say which database is meant; null or false where nothing was said. */
export interface TargetOptions {
  readonly cwd: string;
  readonly databaseUrl: string | null;
  readonly env: string | null;
  readonly embedded: boolean;
  readonly knexfile: string | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface Target {
  readonly source: ConnectionSource;
  /** From a URL or knexfile entry that names a schema. */
  readonly searchPath: readonly string[] | null;
}

const EMBEDDED_DIRECTORY = '.hygiene';

/** The direct one first: for those whose application goes through a pooler, which dumps and locks dislike. */
const URL_VARIABLES = ['HYGIENE_DIRECT_URL', 'HYGIENE_DATABASE_URL', 'DATABASE_URL'];

/**
 * The database that was asked for, in this order: `--database-url`, `--embedded`, `--env` with the
 * knexfile, HYGIENE_DIRECT_URL, HYGIENE_DATABASE_URL, DATABASE_URL, the knexfile with NODE_ENV. Never a
 * default.
 * @throws HygieneError HYG_CONFIG_NO_TARGET and those of reading what was named
 */
export async function resolveTarget(options: TargetOptions, importer: Importer): Promise<Target> {
  const { databaseUrl, env, embedded, variables } = options;
  const sslMode = variables['PGSSLMODE'] ?? null;
  const place = (source: string): UrlPlace => ({ source, sslMode });
  if (databaseUrl !== null) return fromUrl(databaseUrl, place('--database-url'));
  if (embedded) return fromEmbedded(resolve(options.cwd, EMBEDDED_DIRECTORY), '--embedded');
  if (env !== null) return fromKnexfile(options, importer, { env, source: '--env' });
  for (const name of URL_VARIABLES) {
    const url = variables[name];
    if (url !== undefined && url !== '') return fromUrl(url, place(name));
  }
  const nodeEnv = variables['NODE_ENV'];
  if (nodeEnv !== undefined && nodeEnv !== '') {
    return fromKnexfile(options, importer, { env: nodeEnv, source: 'NODE_ENV' });
  }
  throw noTarget('No target database was given.');
}

/** Where a URL came from, and the TLS mode of one that names none. */
interface UrlPlace {
  readonly source: string;
  readonly sslMode: string | null;
}

async function fromUrl(url: string, { source, sslMode }: UrlPlace): Promise<Target> {
  const { parseDatabaseUrl } = await import('../database/database-url.ts');
  const { postgresSource } = await loadDriver();
  const parsed = parseDatabaseUrl(url, source, sslMode);
  const { config, host, port, database, user, searchPath, notes } = parsed;
  const target = { kind: 'postgres' as const, host, port, database, user, source, notes };
  return { source: postgresSource(config, target), searchPath };
}

async function fromEmbedded(directory: string, source: string): Promise<Target> {
  const { embeddedSource } = await import('../database/embedded-connection.ts');
  return { source: embeddedSource(directory, source), searchPath: null };
}

async function fromKnexfile(
  options: TargetOptions,
  importer: Importer,
  wanted: { readonly env: string; readonly source: string },
): Promise<Target> {
  const { readKnexfileEntry } = await import('./knexfile.ts');
  const entry = await readKnexfileEntry({ ...options, env: wanted.env }, importer);
  if (entry === null) {
    throw noTarget(
      `No target database was given: ${wanted.source} says "${wanted.env}", but there is no knexfile.`,
    );
  }
  const source = `${entry.file} (${wanted.env}, from ${wanted.source})`;
  if (entry.kind === 'embedded') return fromEmbedded(resolve(options.cwd, entry.directory), source);
  if (entry.url !== null) {
    const sslMode = options.variables['PGSSLMODE'] ?? null;
    const target = await fromUrl(entry.url, { source, sslMode });
    return { ...target, searchPath: entry.searchPath ?? target.searchPath };
  }
  const { postgresSource } = await loadDriver();
  const { host, port, database, user } = entry;
  const notes = isUnverified(entry.config.ssl)
    ? ['TLS: the server certificate is NOT verified, as the knexfile demands.']
    : [];
  const description = { kind: 'postgres' as const, host, port, database, user, source, notes };
  return { source: postgresSource(entry.config, description), searchPath: entry.searchPath };
}

function isUnverified(ssl: unknown): boolean {
  if (typeof ssl !== 'object' || ssl === null || !('rejectUnauthorized' in ssl)) return false;
  return ssl.rejectUnauthorized === false;
}

function noTarget(message: string): HygieneError {
  return new HygieneError('HYG_CONFIG_NO_TARGET', {
    message,
    hint: [
      'Name it in one of these ways:',
      '  --database-url postgres://USER:PASSWORD@HOST:PORT/DATABASE',
      '  HYGIENE_DATABASE_URL or DATABASE_URL in the environment (--env-file reads a file)',
      '  --env NAME, an entry of your knexfile',
      '  --embedded, the embedded database for trials',
    ].join('\n'),
  });
}
