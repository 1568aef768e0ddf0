import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Client, DatabaseError } from 'pg';

import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { evidenceOf, purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';
const CLIENTS = 8;
const PROTECT = `
import { defineConfig, rows, sql } from 'pg-hygiene';
export default defineConfig({ protect: [rows('admins', sql\`true\`)] });
`;

describe('an application that keeps writing', () => {
  let database: TestDatabase;
  let bench: Workbench;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    bench = new Workbench(database.url)
      .write(`${ID}.ts`, purgeDemoUsers())
      .write('config.ts', PROTECT);
  });

  /** Adds sessions to demo users and logs the admin in, until it is told to stop; says what went in. */
  async function writeUntil(stop: AbortSignal, client: Client, seed: number): Promise<number> {
    let inserted = 0;
    for (let turn = 0; !stop.aborted; turn += 1) {
      const email = `demo${String(((turn * 7 + seed * 31) % 300) + 1)}@example.com`;
      inserted += await addSession(client, email);
      await client.query('update admins set last_login_at = clock_timestamp()');
    }
    return inserted;
  }

  /** A session for a user who is being removed is refused by the foreign key; the application sees that. */
  async function addSession(client: Client, email: string): Promise<number> {
    try {
      const { rowCount } = await client.query(
        'insert into live_sessions (user_id, token) select id, gen_random_uuid() from users where email = $1',
        [email],
      );
      return rowCount ?? 0;
    } catch (error) {
      if ((error as DatabaseError).code === '23503') return 0;
      throw error;
    }
  }

  async function count(table: string): Promise<number> {
    return (await database.query(`select from ${table}`)).length;
  }

  test('loses nothing unarchived or uncounted, and raises no false alarm', async () => {
    const before = await count('live_sessions');
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => database.connect()));
    const stop = new AbortController();
    const writers = clients.map((client, at) => writeUntil(stop.signal, client, at));

    const report = await bench.up();
    stop.abort();
    const inserted = (await Promise.all(writers)).reduce((sum, each) => sum + each, 0);
    await Promise.all(clients.map((client) => client.end()));

    const archived = await count('hygiene_archive."20260101000000_g1_live_sessions"');
    expect(inserted).toBeGreaterThan(0);
    expect((await count('live_sessions')) + archived).toBe(before + inserted);
    const sessions = evidenceOf(report).tables.find(({ table }) => table === 'live_sessions');
    expect(sessions).toMatchObject({ removed: archived, archived });
    const orphans = await database.query(
      'select from live_sessions s where not exists (select from users u where u.id = s.user_id)',
    );
    expect(orphans).toEqual([]);
  });
});
