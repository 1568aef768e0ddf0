import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { rawSql } from '../../src/kernel/sql.ts';
import { openConnection } from '../database/open-connection.ts';
import { useDatabase } from '../support/database.ts';
import { outcome, verifyError } from './verify-once.ts';

const database = useDatabase();
let connection: Connection;

beforeAll(async () => {
  await database.execute(`
    create table users (id int primary key, email text);
    insert into users values (1, 'a@example.com'), (2, 'b@example.com'), (3, 'c@corp.io'), (4, null);
  `);
  connection = await openConnection(database.url);
});

beforeEach(async () => {
  await connection.query(rawSql('begin'));
});

afterEach(async () => {
  await connection.query(rawSql('rollback'));
});

describe('a check', () => {
  test.each([
    [0.6, '2 rows', false],
    [1, '0 rows', true],
  ])('of clean at the score %d scans the table', async (minScore, actual, passed) => {
    expect(await outcome(connection, (e) => e.clean('users', { minScore }))).toEqual({
      label: `clean: users by scan, score ${String(minScore)}`,
      kind: 'clean',
      lasting: true,
      expected: '0 rows',
      actual,
      passed,
    });
  });

  test('of clean by scan of a table that is gone is obsolete later', async () => {
    const check = await outcome(connection, (e) => e.clean('gone', { minScore: 0.9 }), {
      repeat: 'lasting',
    });
    expect(check).toMatchObject({ obsolete: true, passed: true });
  });

  test('of clean by scan of what cannot be scanned cannot be made', async () => {
    await connection.query(rawSql('create table bare ()'));
    const error = await verifyError(connection, async ({ expect: e }) => {
      await e.clean('bare', { minScore: 0.9 });
    });
    expect(error).toMatchObject({ code: 'HYG_VERIFY_ERROR' });
    expect(error.message).toContain('bare could not be looked at for seed data: it has no columns');
  });
});
