import { HygieneError } from '../kernel/errors.ts';
import type { TargetDescription } from './connection.ts';
import { databaseErrorFacts } from './sqlstate.ts';

/** Too many connections (53), or a server that starts, stops or recovers (57P). */
const NOT_NOW = /^(53|57P)/;

/** In the words of the driver, which has no code for it. */
const ASKED_FOR_PASSWORD = /client password must be a (?:non-empty )?string/;

/** The driver has no code for this one either. */
const NO_TLS = 'The server does not support SSL connections';

const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Node's codes for a certificate that no known authority stands for. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why a connection could not be made, and what to do about it; never with the password. */
export function connectError(error: unknown, target: TargetDescription): HygieneError {
  const facts = databaseErrorFacts(error);
  const place = `${target.host}${target.port === null ? '' : `:${String(target.port)}`}/${target.database}`;
  if (facts !== null && NOT_NOW.test(facts.sqlstate)) {
    return new HygieneError('HYG_DB_UNREACHABLE', {
      message: `${place} takes no connection of "${target.user}" now: ${facts.message}`,
      hint: 'Wait until it does, then run again.',
      details: { sqlstate: facts.sqlstate },
      cause: error,
    });
  }
  if (facts !== null) {
    return new HygieneError('HYG_DB_AUTH', {
      message: `${place} refused the connection of "${target.user}": ${facts.message}`,
      hint: `Check user, password and database name in ${target.source}.`,
      details: { sqlstate: facts.sqlstate },
      cause: error,
    });
  }
  const reason = error instanceof Error ? networkReason(error) : String(error);
  if (ASKED_FOR_PASSWORD.test(reason)) {
    return new HygieneError('HYG_DB_AUTH', {
      message: `${place} asks for the password of "${target.user}", and there is none.`,
      hint: `Name it in ${target.source}, in PGPASSWORD, or in a password file (PGPASSFILE).`,
      cause: error,
    });
  }
  return new HygieneError('HYG_DB_UNREACHABLE', {
    message: `Cannot reach ${place}: ${reason}`,
    hint:
      tlsHint(error, target) ??
      `Check that the server runs and that host, port and TLS settings in ${target.source} are right, then run again.`,
    cause: error,
  });
}

/** Null where TLS is not what went wrong. */
function tlsHint(error: unknown, { source }: TargetDescription): string | null {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (message === NO_TLS) {
    return `It goes unencrypted by sslmode=disable in ${source}, if the way to the server is safe.`;
  }
  if (code === OTHER_NAME) {
    return `Name the host in ${source} as its certificate does. sslmode=verify-ca does without the name.`;
  }
  if (typeof code !== 'string' || !UNTRUSTED.has(code)) return null;
  return `Name the certificate of its authority in ${source}: sslrootcert=FILE. sslmode=no-verify trusts any server.`;
}

/** Node reports a refused connection to `localhost` as an aggregate with an empty message. */
function networkReason(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return [...new Set(inner.map((each) => each.message))].join('; ');
}
