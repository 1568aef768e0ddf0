/** The SQLSTATEs that mean something to the engine, and what an error may say. */

export const sqlstate = {
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  notNullViolation: '23502',
  checkViolation: '23514',
  exclusionViolation: '23P01',
  datatypeMismatch: '42804',
  cannotCoerce: '42846',
  queryCanceled: '57014',
  readOnlyTransaction: '25006',
  undefinedTable: '42P01',
  undefinedColumn: '42703',
  undefinedFunction: '42883',
  invalidSchemaName: '3F000',
  insufficientPrivilege: '42501',
  invalidTransactionTermination: '2D000',
  /** Raised by our own commit fence. */
  commitFence: 'HY001',
} as const;

/** Errors of concurrency: the same transaction may well succeed when it is run again. */
const RETRYABLE: ReadonlySet<string> = new Set([
  sqlstate.serializationFailure,
  sqlstate.deadlockDetected,
  sqlstate.lockNotAvailable,
]);

/** What an error says about itself. DETAIL is left out on purpose: it holds row values. */
export interface DatabaseErrorFacts {
  readonly sqlstate: string;
  readonly message: string;
  readonly hint: string | null;
  readonly schema: string | null;
  readonly table: string | null;
  readonly column: string | null;
  readonly constraint: string | null;
  /** 1-based offset in the statement, in characters. */
  readonly position: number | null;
}

/** The facts of an error that came from PostgreSQL, or null for any other error. */
export function databaseErrorFacts(error: unknown): DatabaseErrorFacts | null {
  if (!(error instanceof Error)) return null;
  const fields = error as Error & Record<string, unknown>;
  const code = fields['code'];
  // Node's own codes, such as EPIPE, have no digit.
  if (typeof code !== 'string' || !/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return null;
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const position = Number(fields['position']) || null;
  return {
    sqlstate: code,
    message: position === null ? withoutValues(error.message, code) : error.message,
    hint: text('hint'),
    schema: text('schema'),
    table: text('table'),
    column: text('column'),
    constraint: text('constraint'),
    position,
  };
}

/**
 * Data exceptions (class 22) quote the value that did not fit, such as an e-mail address. With a
 * position it stands in the author's own text; without one it came from a row.
 */
function withoutValues(message: string, code: string): string {
  return code.startsWith('22') ? message.replaceAll(QUOTED_VALUE, '"…"') : message;
}

/** In the quotation marks of any language of the server; a value may hold some itself. */
const QUOTED_VALUE = /["«„“'‚‘「『][\s\S]*["»“”'’」』]/g;

export function isRetryable(error: unknown): boolean {
  const facts = databaseErrorFacts(error);
  return facts !== null && RETRYABLE.has(facts.sqlstate);
}

export function hasSqlstate(error: unknown, ...states: readonly string[]): boolean {
  const facts = databaseErrorFacts(error);
  return facts !== null && states.includes(facts.sqlstate);
}

const NETWORK_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The drivers' own words; an author's error may well speak of something that is closed. */
const DRIVER_LOST = /^Connection terminated|and is not queryable$|^PGlite is closed$/;

/** Class 08, the server going away (57P…), or a time-out of session or transaction that ends the session. */
const CONNECTION_ENDED = /^(?:08|57P|25P0[34])/;

/** The server or the network says that the connection is gone; the driver may not have noticed yet. */
export function isConnectionError(error: unknown): boolean {
  const facts = databaseErrorFacts(error);
  if (facts !== null) return CONNECTION_ENDED.test(facts.sqlstate);
  if (!(error instanceof Error)) return false;
  return (
    NETWORK_ERRORS.has((error as NodeJS.ErrnoException).code) || DRIVER_LOST.test(error.message)
  );
}
