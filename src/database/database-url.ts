import type { ClientConfig } from 'pg';

import { HygieneError } from '../kernel/errors.ts';
import { readTls } from './tls-options.ts';

/** What a database URL says, in the terms of the pg driver. */
export interface ParsedUrl {
  readonly config: ClientConfig;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Prisma's `schema` parameter; null leaves the role's own search_path. */
  readonly searchPath: readonly string[] | null;
  readonly notes: readonly string[];
}

/** Parameters that tune client pools or prepared statements, which this tool does not have. */
const IGNORED = new Set([
  'pgbouncer',
  'connection_limit',
  'pool_timeout',
  'socket_timeout',
  'statement_cache_size',
  'max_idle_connection_lifetime',
  'max_connection_lifetime',
  'single_use_connections',
  'channel_binding',
  'gssencmode',
  'target_session_attrs',
  'keepalives',
  'keepalives_idle',
  'sslnegotiation',
  'sslcompression',
  'application_name',
  'fallback_application_name',
]);

/** Read here into the driver's configuration. */
const UNDERSTOOD = new Set([
  'schema',
  'host',
  'port',
  'connect_timeout',
  'options',
  'sslmode',
  'sslaccept',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
]);

/**
 * Reads a `postgres://` URL with libpq's and Prisma's parameters. What cannot be honoured is said in
 * `notes`, and TLS verification is never dropped in silence.
 * @param sslMode for a URL without `sslmode`, such as PGSSLMODE
 * @throws HygieneError HYG_CONFIG_BAD_URL
 */
export function parseDatabaseUrl(
  text: string,
  source: string,
  sslMode: string | null = null,
): ParsedUrl {
  const url = readUrl(text, source);
  const parameters = url.searchParams;
  const mode = parameters.get('sslmode') ?? sslMode;
  const { ssl, notes: tlsNotes } = readTls(parameters, mode, (reason) => badUrl(source, reason));
  const place = readPlace(url, source);
  const schema = parameters.get('schema');
  return {
    config: {
      ...place,
      ...(url.password === '' ? {} : { password: decoded(url.password, 'password', source) }),
      // Always said, or the driver would follow PGSSLMODE on its own, and without a word.
      ssl: ssl ?? false,
      ...driverOptions(parameters),
    },
    ...place,
    searchPath: schema === null ? null : [schema],
    notes: [...ignoredNotes(parameters), ...tlsNotes],
  };
}

function readPlace(
  url: URL,
  source: string,
): Pick<ParsedUrl, 'host' | 'port' | 'database' | 'user'> {
  const parameters = url.searchParams;
  const hostname = decoded(url.hostname, 'host', source).replaceAll(/^\[|\]$/g, '');
  const place = {
    host: parameters.get('host') ?? hostname,
    port: readPort(parameters.get('port') ?? (url.port || '5432'), source),
    database: decoded(url.pathname.slice(1), 'database', source),
    user: decoded(url.username, 'user', source),
  };
  if (place.host === '' || place.database === '' || place.user === '') {
    throw badUrl(source, 'host, database and user must all be named');
  }
  return place;
}

function readUrl(text: string, source: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw badUrl(source, 'it is not a URL');
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw badUrl(source, `it begins with "${url.protocol}", not with "postgres:"`);
  }
  return url;
}

/** The part itself is not repeated: it may be the password. */
function decoded(part: string, name: string, source: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl(source, `the ${name} holds a % that is no escape (write %25)`);
  }
}

function readPort(text: string, source: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw badUrl(source, `"${text}" is no port`);
}

function badUrl(source: string, reason: string): HygieneError {
  return new HygieneError('HYG_CONFIG_BAD_URL', {
    message: `The database URL from ${source} cannot be used: ${reason}.`,
    hint: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE (escape special characters in the password)',
  });
}

function driverOptions(parameters: URLSearchParams): ClientConfig {
  const timeoutSeconds = Number(parameters.get('connect_timeout') ?? '0');
  const options = parameters.get('options');
  return {
    ...(timeoutSeconds > 0 ? { connectionTimeoutMillis: timeoutSeconds * 1000 } : {}),
    ...(options === null ? {} : { options }),
  };
}

function ignoredNotes(parameters: URLSearchParams): readonly string[] {
  return [...new Set(parameters.keys())]
    .filter((name) => !UNDERSTOOD.has(name))
    .map((name) =>
      IGNORED.has(name)
        ? `URL parameter ${name} is ignored: it does not matter here.`
        : `URL parameter ${name} is not known and ignored.`,
    );
}
