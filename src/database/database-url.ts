import { readFileSync } from 'node:fs';

import type { ClientConfig } from 'pg';

import { HygieneError } from '../kernel/errors.ts';

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

type Tls = Exclude<ClientConfig['ssl'], undefined>;

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
 * @throws HygieneError HYG_CONFIG_BAD_URL
 */
export function parseDatabaseUrl(text: string, source: string): ParsedUrl {
  const url = readUrl(text, source);
  const parameters = url.searchParams;
  const { ssl, notes: tlsNotes } = readTls(parameters, source);
  const decode = (part: string, name: string): string => decoded(part, name, source);
  const host = parameters.get('host') ?? decode(url.hostname, 'host').replaceAll(/^\[|\]$/g, '');
  const port = readPort(parameters.get('port') ?? (url.port || '5432'), source);
  const database = decode(url.pathname.slice(1), 'database');
  const user = decode(url.username, 'user');
  if (host === '' || database === '' || user === '') {
    throw badUrl(source, 'host, database and user must all be named');
  }
  const timeout = Number(parameters.get('connect_timeout') ?? '0');
  const schema = parameters.get('schema');
  return {
    config: {
      host,
      port,
      database,
      user,
      ...(url.password === '' ? {} : { password: decode(url.password, 'password') }),
      ...(ssl === null ? {} : { ssl }),
      ...(timeout > 0 ? { connectionTimeoutMillis: timeout * 1000 } : {}),
      ...optionalText(parameters, 'options'),
    },
    host,
    port,
    database,
    user,
    searchPath: schema === null ? null : [schema],
    notes: [...ignoredNotes(parameters), ...tlsNotes],
  };
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

function optionalText(parameters: URLSearchParams, name: 'options'): ClientConfig {
  const value = parameters.get(name);
  return value === null ? {} : { [name]: value };
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

/** Whoever names one of these wants TLS, also without `sslmode`. */
const TLS_PARAMETERS = ['sslaccept', 'sslrootcert', 'sslcert', 'sslkey'];

/** libpq's `require` does not verify; here it does, and the only ways round it are named. */
function readTls(
  parameters: URLSearchParams,
  source: string,
): { ssl: Tls | null; notes: readonly string[] } {
  const mode = parameters.get('sslmode');
  const trustAnything =
    parameters.get('sslaccept') === 'accept_invalid_certs' || mode === 'no-verify';
  const isWanted =
    mode === null ? TLS_PARAMETERS.some((name) => parameters.has(name)) : mode !== 'disable';
  if (!isWanted) return { ssl: null, notes: [] };
  const file = (name: string): string | null => readCertificate(parameters.get(name), name, source);
  const ca = file('sslrootcert');
  const clientCertificate = file('sslcert');
  const key = file('sslkey');
  const passphrase = parameters.get('sslpassword');
  const ssl = {
    rejectUnauthorized: !trustAnything,
    ...(ca === null ? {} : { ca }),
    ...(clientCertificate === null ? {} : { cert: clientCertificate }),
    ...(key === null ? {} : { key }),
    ...(passphrase === null ? {} : { passphrase }),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
  if (trustAnything) {
    return { ssl, notes: ['TLS: the server certificate is NOT verified, as the URL demands.'] };
  }
  const verified = mode === 'require' || mode === 'prefer' || mode === 'allow';
  return {
    ssl,
    notes: verified
      ? [`TLS: sslmode=${mode} verifies the certificate here; sslmode=no-verify would not.`]
      : [],
  };
}

function readCertificate(path: string | null, name: string, source: string): string | null {
  if (path === null || path === 'system') return null;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw badUrl(source, `the file of ${name} (${path}) cannot be read`);
  }
}
