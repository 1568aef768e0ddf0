import { createRequire } from 'node:module';

import type { Knex } from 'knex';

import type { Connection } from '../database/connection.ts';
import { findTransactionControl } from '../database/sql-statements.ts';
import { HygieneError } from '../kernel/errors.ts';

/** What knex hands to its client for one statement. */
interface KnexStatement {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly method?: string;
  response?: unknown;
}

const COMMANDS: Readonly<Record<string, string>> = {
  del: 'DELETE',
  update: 'UPDATE',
  insert: 'INSERT',
};

/**
 * Runs `work` with a knex transaction that speaks over the engine's own connection, inside the
 * engine's own transaction. Nested transactions are savepoints.
 * @throws HygieneError HYG_RUN_TRANSACTION_CONTROL when the work begins, commits or rolls back by itself
 */
export async function withAuthorDatabase(
  connection: Connection,
  work: (db: Knex.Transaction) => Promise<void>,
): Promise<void> {
  const instance = createAuthorDatabase(connection);
  try {
    const db = await instance.transaction();
    await work(db);
    if (db.isCompleted()) throw transactionControl('commit or rollback of the given transaction');
    await db.commit();
  } finally {
    await instance.destroy();
  }
}

/**
 * Refuses, before it is sent, text that would begin or end a transaction, or touch a setting that
 * hides changes: what is switched off and on again inside one text shows in no later look at it.
 */
export function refuseForbiddenText(text: string): void {
  const statement = findTransactionControl(text);
  if (statement !== null) throw transactionControl(statement.text.split('\n')[0] ?? '');
  const setting = HIDING_SETTINGS.exec(text)?.[0];
  if (setting !== undefined) throw hidingSetting(setting);
}

const HIDING_SETTINGS = /\b(?:track_counts|session_replication_role)\b/i;

function hidingSetting(name: string): HygieneError {
  return new HygieneError('HYG_REFUSED_SETTINGS', {
    message: `The migration names ${name}: with it changes would go unseen, or foreign keys unchecked.`,
    hint: 'Remove it: hygiene never needs it, whatever the foreign keys are.',
  });
}

function transactionControl(what: string): HygieneError {
  return new HygieneError('HYG_RUN_TRANSACTION_CONTROL', {
    message: `The migration tried to control the transaction: ${what.slice(0, 80)}`,
    hint: 'Remove it: hygiene begins and ends the transaction, with the ledger in it. Savepoints are allowed.',
  });
}

/**
 * A knex instance that speaks over the engine's own connection, in whatever transaction that has open.
 * Knex is loaded by the first call: most migrations never need it.
 */
export function createAuthorDatabase(connection: Connection): Knex {
  const load = createRequire(import.meta.url);
  const knex = load('knex') as (config: Knex.Config) => Knex;
  const PgClient = load('knex/lib/dialects/postgres/index.js') as DialectClass;
  const PgTransaction = load(
    'knex/lib/dialects/postgres/execution/pg-transaction.js',
  ) as DialectClass;

  /** The outermost knex transaction is a savepoint of the engine's. */
  class SavepointTransaction extends PgTransaction {
    begin(raw: object): Promise<unknown> {
      return this.query(raw, 'savepoint hygiene_author;');
    }
    commit(raw: object, value: unknown): Promise<unknown> {
      return this.query(raw, 'release savepoint hygiene_author;', 1, value);
    }
    rollback(raw: object, error: unknown): Promise<unknown> {
      return this.query(raw, 'rollback to savepoint hygiene_author;', 2, error);
    }
  }

  let isOver = false;

  class BoundClient extends PgClient {
    /** Stands for the one connection; there is no pool. Knex only hangs the transaction's id on it. */
    acquireConnection(): Promise<object> {
      return Promise.resolve({});
    }
    releaseConnection(): Promise<void> {
      return Promise.resolve();
    }
    override transaction(container: unknown, config: unknown, outer: unknown): unknown {
      if (outer !== undefined && outer !== null) return super.transaction(container, config, outer);
      return new SavepointTransaction(this, container, config, outer);
    }
    async _query(_raw: object, statement: KnexStatement): Promise<KnexStatement> {
      refuseForbiddenText(statement.sql);
      await assertOpen(connection);
      // Work that nobody awaited would run in whatever transaction comes next: it waits for ever.
      if (isOver) return new Promise(() => undefined);
      const { rows, rowCount } = await connection.query({
        text: statement.sql,
        values: statement.bindings ?? [],
      });
      const command = COMMANDS[statement.method ?? ''] ?? 'SELECT';
      statement.response = { command, rows, rowCount };
      return statement;
    }
    override destroy(): Promise<unknown> {
      isOver = true;
      return super.destroy();
    }
  }

  // The text of an error must not hold bound values: it is printed and recorded.
  return knex({ client: BoundClient as unknown as typeof Knex.Client, compileSqlOnError: false });
}

/** After a COMMIT or ROLLBACK that slipped through, the next statement would run on its own. */
export async function assertOpen(connection: Connection): Promise<void> {
  const status = await connection.transactionStatus();
  if (status === 'idle') throw transactionControl('the transaction was ended before its time');
}

/** The parts of knex's undeclared dialect classes that are used here. */
interface KnexInternals {
  query(raw: object, text: string, status?: number, value?: unknown): Promise<unknown>;
  transaction(container: unknown, config: unknown, outer: unknown): unknown;
  destroy(): Promise<unknown>;
}

type DialectClass = new (...parameters: unknown[]) => KnexInternals;
