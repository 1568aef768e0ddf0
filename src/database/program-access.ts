import { type ConnectionOptions, rootCertificates } from 'node:tls';

import type { ClientConfig } from 'pg';

import type { ProgramAccess, TargetDescription } from './connection.ts';

/** What libpq has to be told to make the connection that the driver would make. */
export function programAccess(config: ClientConfig, target: TargetDescription): ProgramAccess {
  const { password, options, ssl } = config;
  const tls = libpqTls(ssl);
  return {
    variables: {
      PGHOST: target.host,
      PGPORT: String(target.port ?? 5432),
      PGUSER: target.user,
      PGDATABASE: target.database,
      PGAPPNAME: 'hygiene',
      ...(typeof password === 'string' && { PGPASSWORD: password }),
      ...(options !== undefined && { PGOPTIONS: options }),
      ...tls.variables,
    },
    files: tls.files,
  };
}

/**
 * A certificate that the driver verifies is verified by libpq too. Without an own authority Node's list
 * is used: libpq before 16 has none, and would trust nobody.
 */
function libpqTls(ssl: ClientConfig['ssl']): ProgramAccess {
  if (ssl === undefined) return { variables: {}, files: {} };
  if (ssl === false) return { variables: { PGSSLMODE: 'disable' }, files: {} };
  const given: ConnectionOptions = ssl === true ? {} : ssl;
  const own = { PGSSLCERT: pem(given.cert), PGSSLKEY: pem(given.key) };
  if (given.rejectUnauthorized === false) {
    return { variables: { PGSSLMODE: 'require' }, files: present(own) };
  }
  const mode = given.checkServerIdentity === undefined ? 'verify-full' : 'verify-ca';
  const authority = pem(given.ca) ?? rootCertificates.join('\n');
  return {
    variables: { PGSSLMODE: mode },
    files: present({ ...own, PGSSLROOTCERT: authority }),
  };
}

function pem(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return Array.isArray(value) ? value.map((each) => pem(each) ?? '').join('\n') : null;
}

function present(files: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
