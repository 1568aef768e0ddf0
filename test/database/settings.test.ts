import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import {
  applySettings,
  type TransactionSettings,
  watchedSettings,
} from '../../src/database/settings.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';
import { openConnection } from './open-connection.ts';

const NAMES = [
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'row_security',
  'application_name',
  'search_path',
  'client_connection_check_interval',
  'work_mem',
];

const SETTINGS: TransactionSettings = {
  lockTimeoutMs: 3_000,
  statementTimeoutMs: 60_000,
  applicationName: `hygiene ${'x'.repeat(80)}`,
  searchPath: ['My "Schema"', 'public'],
};

describe('the settings of a transaction', () => {
  const database = useDatabase();
  let connection: Connection;

  beforeAll(async () => {
    connection = await openConnection(database.url);
  });

  afterEach(async () => {
    await connection.query(rawSql('rollback'));
  });

  async function current(): Promise<Record<string, string>> {
    const { rows } = await connection.query<{ name: string; setting: string }>(
      sql`select name, setting from pg_settings where name = any(${NAMES})`,
    );
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  }

  test('are in force inside it', async () => {
    await connection.query(rawSql('begin'));
    await applySettings(connection, SETTINGS);
    expect(await current()).toEqual({
      lock_timeout: '3000',
      statement_timeout: '60000',
      idle_in_transaction_session_timeout: '0',
      row_security: 'off',
      application_name: SETTINGS.applicationName.slice(0, 63),
      search_path: '"My ""Schema""", "public"',
      client_connection_check_interval: '500',
      work_mem: '65536',
    });
  });

  test.each([
    { what: 'what is granted for maintenance', maintenance: '8MB', work: '2MB', given: '8192' },
    { what: 'what the session has if more', maintenance: '64MB', work: '1GB', given: '1048576' },
    { what: '64 MB at most', maintenance: '2GB', work: '4MB', given: '65536' },
  ])('give sorts and hashes $what', async ({ maintenance, work, given }) => {
    await connection.query(rawSql('begin'));
    await connection.query(rawSql(`set local maintenance_work_mem = '${maintenance}'`));
    await connection.query(rawSql(`set local work_mem = '${work}'`));
    await applySettings(connection, SETTINGS);
    expect(await current()).toMatchObject({ work_mem: given });
  });

  test.each(['commit', 'rollback'])(
    'are gone after %s: the next client of a pooler sees none of them',
    async (end) => {
      const before = await current();
      await connection.query(rawSql('begin'));
      await applySettings(connection, SETTINGS);
      expect(await current()).not.toEqual(before);
      await connection.query(rawSql(end));
      expect(await current()).toEqual(before);
    },
  );

  test("leave the role's own search path where the target names no schema", async () => {
    const { search_path: before } = await current();
    await connection.query(rawSql('begin'));
    await applySettings(connection, { ...SETTINGS, searchPath: null });
    expect((await current())['search_path']).toBe(before);
  });

  test('that the server refuses do not abort the transaction, if it can do without them', async () => {
    await connection.query(rawSql('begin'));
    await applySettings(withoutConnectionCheck(connection), SETTINGS);
    expect(await connection.transactionStatus()).toBe('open');
    expect(await current()).toMatchObject({
      lock_timeout: '3000',
      client_connection_check_interval: '0',
    });
  });

  test('are not silently left out when something else goes wrong', async () => {
    await connection.query(rawSql('begin'));
    await expect(connection.query(rawSql('select 1/0'))).rejects.toMatchObject({ code: '22012' });
    await expect(applySettings(connection, SETTINGS)).rejects.toMatchObject({ code: '25P02' });
  });

  test('that could hide changes are read', async () => {
    await connection.query(rawSql('begin'));
    expect(await watchedSettings(connection)).toEqual({
      trackCounts: true,
      replicationRole: 'origin',
    });
    await connection.script(
      'set local track_counts = off; set local session_replication_role = replica',
    );
    expect(await watchedSettings(connection)).toEqual({
      trackCounts: false,
      replicationRole: 'replica',
    });
  });
});

/** The same server as one that does not know the setting, as PostgreSQL 13 did not. */
function withoutConnectionCheck(connection: Connection): Connection {
  return {
    kind: connection.kind,
    query: (statement) => connection.query(statement),
    script: (text) =>
      connection.script(text.replace('client_connection_check_interval', 'unknown_to_it')),
    transactionStatus: () => connection.transactionStatus(),
    cancelRunning: () => connection.cancelRunning(),
    isLost: () => connection.isLost(),
    close: () => connection.close(),
  };
}
