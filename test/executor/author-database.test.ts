import { beforeEach, describe, expect, test } from '@jest/globals';
import { newDb } from 'pg-mem';

import type { Connection, QueryResult } from '../../src/database/connection.ts';
import { createAuthorDatabase } from '../../src/executor/author-database.ts';
import { renderSql } from '../../src/kernel/sql.ts';

/** Rows are enough here, so the database is pg-mem; transactions are tested on PostgreSQL. */
function inMemory(): Connection {
  const database = newDb();
  database.public.none(`
    create table users (id int primary key, email text);
    insert into users values (1, 'a@example.com'), (2, 'b@corp.io'), (3, null);
  `);
  const { Client } = database.adapters.createPg() as { Client: new () => MemoryClient };
  const client = new Client();
  const none = (): Promise<void> => Promise.resolve();
  return {
    kind: 'postgres',
    query: <R extends object>(statement: Parameters<Connection['query']>[0]) => {
      const { text, values } = renderSql(statement);
      return client.query<R>(text, [...values]);
    },
    script: () => Promise.resolve([]),
    transactionStatus: () => Promise.resolve('open'),
    cancelRunning: none,
    isLost: () => false,
    close: none,
  };
}

interface MemoryClient {
  query<R>(text: string, values: readonly unknown[]): Promise<QueryResult<R>>;
}

describe("the author's knex", () => {
  let db: ReturnType<typeof createAuthorDatabase>;

  beforeEach(() => {
    db = createAuthorDatabase(inMemory());
  });

  test('answers select, first and pluck as knex does', async () => {
    expect(await db('users').where('id', 2).select('email')).toEqual([{ email: 'b@corp.io' }]);
    expect(await db('users').where({ id: 3 }).first()).toEqual({ id: 3, email: null });
    expect(await db('users').orderBy('id').pluck('id')).toEqual([1, 2, 3]);
  });

  test('answers update and delete with the number of rows', async () => {
    expect(await db('users').whereNull('email').update({ email: 'c@corp.io' })).toBe(1);
    expect(await db('users').where('email', 'like', '%@corp.io').del()).toBe(2);
  });

  test('gives the rows of a raw statement', async () => {
    const found = db.raw('select id from users where email = ?', ['a@example.com']);
    await expect(found).resolves.toMatchObject({ rows: [{ id: 1 }] });
  });

  test.each(['commit', 'ROLLBACK;', '/* x */ begin', 'end', 'abort', 'start transaction'])(
    'refuses %s before it is sent',
    async (text) => {
      await expect(db.raw(text)).rejects.toMatchObject({ code: 'HYG_RUN_TRANSACTION_CONTROL' });
    },
  );
});
