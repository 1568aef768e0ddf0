import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import type { HygieneError } from '../kernel/errors.ts';

export interface TlsOptions {
  /** Null: the connection is not encrypted. */
  readonly ssl: ConnectionOptions | null;
  /** What the person should know about it. */
  readonly notes: readonly string[];
}

/** Whoever names one of these wants TLS, also without `sslmode`. */
const TLS_PARAMETERS = ['sslaccept', 'sslrootcert', 'sslcert', 'sslkey'];

/** Those of libpq, and one that says what `require` means there. */
const MODES: ReadonlySet<string> = new Set([
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
]);

/** libpq does not verify in these modes. Here the certificate is verified, and that is said. */
const VERIFIED_ANYWAY: ReadonlySet<string> = new Set(['require', 'prefer', 'allow']);

/**
 * TLS as libpq's and Prisma's URL parameters describe it. The certificate goes unverified only where
 * the URL says so in words: `sslmode=no-verify`, `sslaccept=accept_invalid_certs`.
 * @param problem makes the error for a mode that nobody knows, and for a file that cannot be read
 */
export function readTls(
  parameters: URLSearchParams,
  mode: string | null,
  problem: (reason: string) => HygieneError,
): TlsOptions {
  if (mode !== null && !MODES.has(mode)) {
    throw problem(`sslmode "${mode}" is none of ${[...MODES].join(', ')}`);
  }
  if (!isWanted(parameters, mode)) return { ssl: null, notes: [] };
  const trustAnything =
    parameters.get('sslaccept') === 'accept_invalid_certs' || mode === 'no-verify';
  const file = (name: string): string | null => readFileOf(parameters, name, problem);
  const key = file('sslkey');
  // Without a key it is no client certificate: Prisma calls the server's CA so.
  const certificate = file('sslcert');
  const ssl = {
    rejectUnauthorized: !trustAnything,
    ...withoutNulls({
      ca: file('sslrootcert') ?? (key === null ? certificate : null),
      cert: key === null ? null : certificate,
      key,
      passphrase: parameters.get('sslpassword'),
    }),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
  return { ssl, notes: tlsNotes(mode, trustAnything) };
}

function isWanted(parameters: URLSearchParams, mode: string | null): boolean {
  if (mode !== null) return mode !== 'disable';
  return TLS_PARAMETERS.some((name) => parameters.has(name));
}

function tlsNotes(mode: string | null, trustAnything: boolean): readonly string[] {
  if (trustAnything)
    return ['TLS: the server certificate is NOT verified, as the URL (or PGSSLMODE) demands.'];
  if (mode === null || !VERIFIED_ANYWAY.has(mode)) return [];
  return [`TLS: sslmode=${mode} verifies the certificate here; sslmode=no-verify would not.`];
}

function readFileOf(
  parameters: URLSearchParams,
  name: string,
  problem: (reason: string) => HygieneError,
): string | null {
  const path = parameters.get(name);
  if (path === null || path === 'system') return null;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw problem(`the file of ${name} (${path}) cannot be read`);
  }
}

function withoutNulls(options: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
