import type { ConnectionOptions } from 'node:tls';

import type { ClientConfig, QueryResult as DriverResult } from 'pg';
import pg from 'pg';

import { type RenderedSql, renderSql, type Sql } from '../kernel/sql.ts';
import { sendCancelRequest } from './cancel-request.ts';
import { connectError } from './connect-error.ts';
import type {
  Connection,
  ConnectionSource,
  QueryResult,
  TargetDescription,
  TransactionStatus,
} from './connection.ts';
import { INT8_OID, parseInt8 } from './int8.ts';
import { programAccess } from './program-access.ts';

const CONNECT_TIMEOUT_MS = 10_000;

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: 'idle', T: 'open', E: 'failed' };

/** A source of connections to a PostgreSQL server, directly or through a pooler. */
export function postgresSource(config: ClientConfig, target: TargetDescription): ConnectionSource {
  return {
    target,
    forPrograms: programAccess(config, target),
    inDatabase: (database) => postgresSource({ ...config, database }, { ...target, database }),
    connect: async () => {
      const client = new pg.Client({
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        application_name: 'hygiene',
        keepAlive: true,
        ...config,
        types: { getTypeParser: typeParser },
      });
      const connection = new PostgresConnection(client);
      try {
        await client.connect();
      } catch (error) {
        // Where it is the driver that gives up, the server would wait for a minute, and this process with it.
        void client.end().catch(() => undefined);
        throw connectError(error, target);
      }
      return connection;
    },
  };
}

class PostgresConnection implements Connection {
  readonly kind = 'postgres';
  readonly #client: pg.Client;
  #lost = false;
  /** The driver tells an error before it hears what became of the transaction. */
  #statusIsOld = false;

  constructor(client: pg.Client) {
    this.#client = client;
    const onLost = (): void => {
      this.#lost = true;
    };
    client.on('error', onLost);
    client.on('end', onLost);
  }

  async query<R extends object>(statement: Sql | RenderedSql): Promise<QueryResult<R>> {
    const { text, values } = renderSql(statement);
    const result = await this.#sent(this.#client.query<R>(text, [...values]));
    return { rows: result.rows, rowCount: result.rowCount ?? 0 };
  }

  async script(text: string): Promise<readonly QueryResult<Record<string, unknown>>[]> {
    const result = (await this.#sent(this.#client.query(text))) as DriverResult | DriverResult[];
    return [result].flat().map((each) => ({
      rows: each.rows as Record<string, unknown>[],
      rowCount: each.rowCount ?? 0,
    }));
  }

  async transactionStatus(): Promise<TransactionStatus> {
    if (this.#statusIsOld && !this.#lost) await this.script('');
    return STATUS[this.#client.getTransactionStatus() ?? ''] ?? 'unknown';
  }

  async cancelRunning(): Promise<void> {
    if (this.#lost) return;
    const { host, port } = this.#client;
    const { processID, secretKey, ssl } = this.#client as unknown as Undeclared;
    // The driver hides the key from enumeration.
    const tls = typeof ssl === 'object' ? { ...ssl, key: ssl.key } : ssl ? {} : null;
    await sendCancelRequest({ host, port, tls, processId: processID, secretKey });
  }

  isLost(): boolean {
    return this.#lost;
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #sent<T>(sending: Promise<T>): Promise<T> {
    this.#statusIsOld = true;
    const result = await sending;
    this.#statusIsOld = false;
    return result;
  }
}

/** Fields that pg keeps on a client but does not declare. */
interface Undeclared {
  readonly processID: number;
  readonly secretKey: number;
  /** What the driver made of the config and of PGSSLMODE. */
  readonly ssl: boolean | ConnectionOptions;
}

/** The driver declares its parsers by an enum of the types it knows; any other oid is text. */
const driverParser = pg.types.getTypeParser as (oid: number, format?: string) => unknown;

/** The driver's parsers, but for `int8`, which it would leave as text. */
const typeParser = ((oid: number, format?: string) =>
  oid === INT8_OID && format !== 'binary'
    ? parseInt8
    : driverParser(oid, format)) as typeof pg.types.getTypeParser;
