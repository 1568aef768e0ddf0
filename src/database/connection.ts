import type { RenderedSql, Sql } from '../kernel/sql.ts';

export interface QueryResult<R> {
  readonly rows: readonly R[];
  /** Rows changed or returned. */
  readonly rowCount: number;
}

/** As PostgreSQL reports it after each statement; `unknown` before the first one. */
export type TransactionStatus = 'idle' | 'open' | 'failed' | 'unknown';

/**
 * One connection to one database, and the only one a command has at a time: small pools and the
 * embedded database have no second one to give.
 *
 * `int8` arrives as a number where it is safe, else as text. Errors are the driver's own;
 * see `sqlstate.ts` for what they mean.
 */
export interface Connection {
  readonly kind: 'postgres' | 'embedded';
  /** One statement with bound values. */
  query<R extends object = Record<string, unknown>>(
    statement: Sql | RenderedSql,
  ): Promise<QueryResult<R>>;
  /** Several statements in one message, without values; the results in their order. */
  script(text: string): Promise<readonly QueryResult<Record<string, unknown>>[]>;
  transactionStatus(): Promise<TransactionStatus>;
  /** Asks the server to stop the running statement. The embedded database cannot: it waits. */
  cancelRunning(): Promise<void>;
  /** All files of the embedded database, as a compressed archive; a server is dumped by its own programs. */
  dumpFiles?(): Promise<Uint8Array>;
  /** True once the connection was lost; nothing can be sent any more. */
  isLost(): boolean;
  close(): Promise<void>;
}

/** How to get a connection; used again after a connection was lost. */
export interface ConnectionSource {
  readonly target: TargetDescription;
  connect(): Promise<Connection>;
  /** How PostgreSQL's own programs reach the same database; absent for the embedded one. */
  readonly forPrograms?: ProgramAccess;
  /** Another database of the same server; absent for the embedded one. */
  readonly inDatabase?: (database: string) => ConnectionSource;
}

/** Variables for `pg_dump` and the like. No argument of theirs may hold a password: all users see it. */
export interface ProgramAccess {
  readonly variables: Readonly<Record<string, string>>;
  /** By variable that names the file: what must be in it. Certificates and keys. */
  readonly files: Readonly<Record<string, string>>;
}

/** What every command prints first. Never holds a password. */
export interface TargetDescription {
  readonly kind: 'postgres' | 'embedded';
  readonly host: string;
  readonly port: number | null;
  readonly database: string;
  readonly user: string;
  /** Where the target came from, such as `--database-url` or `knexfile.ts (production)`. */
  readonly source: string;
  /** Things about the URL worth saying, such as a parameter that is ignored. */
  readonly notes: readonly string[];
}

/** The only row of a statement that always returns one. */
export async function queryOne<R extends object>(
  connection: Connection,
  statement: Sql,
): Promise<R> {
  const { rows } = await connection.query<R>(statement);
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always returns a row returned none');
  return row;
}

/** The first row of a statement; null where it returns none. */
export async function queryOneOrNone<R extends object>(
  connection: Connection,
  statement: Sql,
): Promise<R | null> {
  const { rows } = await connection.query<R>(statement);
  return rows[0] ?? null;
}
