import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import type { ClientConfig } from 'pg';

import { HygieneError } from '../kernel/errors.ts';
import type { Importer } from '../runner/importer.ts';
import { defaultExport, importModule } from '../runner/load.ts';

export interface KnexfileOptions {
  readonly cwd: string;
  /** A path, where the knexfile has another name or place. */
  readonly knexfile: string | null;
  readonly env: string;
}

export type KnexfileEntry =
  | { readonly kind: 'embedded'; readonly file: string; readonly directory: string }
  | {
      readonly kind: 'postgres';
      readonly file: string;
      /** Set where the entry gives a URL instead of fields. */
      readonly url: string | null;
      readonly config: ClientConfig;
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly searchPath: readonly string[] | null;
    };

const FILES = ['knexfile.ts', 'knexfile.mjs', 'knexfile.js', 'knexfile.cjs'];
const POSTGRES = new Set(['pg', 'postgres', 'postgresql', 'pgnative']);

type Facts = Readonly<Record<string, unknown>>;

/**
 * One environment of the project's knexfile, or null when there is no knexfile.
 * @throws HygieneError HYG_CONFIG_UNKNOWN_ENV, HYG_CONFIG_BAD_KNEXFILE
 */
export async function readKnexfileEntry(
  options: KnexfileOptions,
  importer: Importer,
): Promise<KnexfileEntry | null> {
  const { cwd, env } = options;
  const path = findKnexfile(cwd, options.knexfile);
  if (path === null) return null;
  const file = basename(path);
  const environments = await evaluated(defaultExport(await importModule(path, importer)), file);
  const found =
    singleEnvironment(environments) ??
    (Object.hasOwn(environments, env) ? environments[env] : null);
  if (found === null) throw unknownEnvironment(file, env, environments);
  const entry = await evaluated(found, file);
  const client = clientName(entry['client']);
  if (client === 'pglite') return { kind: 'embedded', file, directory: pgliteDirectory(entry) };
  if (!POSTGRES.has(client))
    throw bad(file, `${env} uses client "${client}"; hygiene works on PostgreSQL only`);
  return postgresEntry(file, env, entry);
}

function findKnexfile(cwd: string, named: string | null): string | null {
  if (named !== null) {
    const path = resolve(cwd, named);
    if (!existsSync(path)) throw bad(named, 'there is no such file');
    return path;
  }
  return FILES.map((name) => join(cwd, name)).find((path) => existsSync(path)) ?? null;
}

/** Knexfiles may export a function, and connections may be functions too. */
async function evaluated(value: unknown, file: string): Promise<Facts> {
  let result: unknown;
  try {
    result = typeof value === 'function' ? await (value as () => unknown)() : value;
  } catch (error) {
    throw bad(file, error instanceof Error ? error.message : String(error), error);
  }
  if (typeof result !== 'object' || result === null) throw bad(file, 'an entry is no object');
  return result as Facts;
}

/** A knexfile that is one configuration, not a set of them. */
function singleEnvironment(exported: Facts): Facts | null {
  return ['string', 'function'].includes(typeof exported['client']) ? exported : null;
}

function clientName(client: unknown): string {
  if (typeof client === 'string') return client;
  return typeof client === 'function' && /pglite/i.test(client.name) ? 'pglite' : 'pg';
}

function pgliteDirectory(entry: Facts): string {
  const connection = entry['connection'];
  const facts = (typeof connection === 'object' && connection !== null ? connection : {}) as Facts;
  const directory = facts['filename'] ?? facts['connectionString'] ?? facts['dataDir'];
  return typeof directory === 'string' && directory !== '' ? directory : '.hygiene';
}

async function postgresEntry(file: string, env: string, entry: Facts): Promise<KnexfileEntry> {
  const given = entry['connection'];
  const connection =
    typeof given === 'string' ? { connectionString: given } : await evaluated(given, file);
  const text = (name: string): string => {
    const value = connection[name];
    return typeof value === 'string' ? value : '';
  };
  const url = text('connectionString');
  const [host, database, user] = [text('host'), text('database'), text('user')];
  if (url === '' && (host === '' || database === '' || user === '')) {
    throw bad(file, `${env}.connection must name host, database and user, or a connectionString`);
  }
  return {
    kind: 'postgres',
    file,
    url: url === '' ? null : url,
    config: connection,
    host,
    port: Number(connection['port'] ?? 5432),
    database,
    user,
    searchPath: searchPathOf(entry['searchPath']),
  };
}

function searchPathOf(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(String) : null;
}

function unknownEnvironment(file: string, env: string, environments: Facts): HygieneError {
  return new HygieneError('HYG_CONFIG_UNKNOWN_ENV', {
    message: `${file} has no environment "${env}".`,
    hint: `It has: ${Object.keys(environments).join(', ')}. Choose one with --env NAME.`,
    details: { env, known: Object.keys(environments) },
  });
}

function bad(file: string, reason: string, cause?: unknown): HygieneError {
  return new HygieneError('HYG_CONFIG_BAD_KNEXFILE', {
    message: `${file} cannot be used: ${reason}.`,
    hint: 'Correct the knexfile, or name the database with --database-url.',
    cause,
  });
}
