import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import type { HygieneError } from '../../src/kernel/errors.ts';
import { useDatabase } from '../support/database.ts';
import { openConnection } from './open-connection.ts';

describe('a connection that cannot be made', () => {
  const database = useDatabase();

  function changed(change: (url: URL) => void): string {
    const url = new URL(database.url);
    change(url);
    return url.href;
  }

  async function connectError(url: string): Promise<HygieneError> {
    return openConnection(url).then(
      () => Promise.reject(new Error('it was made')),
      (error: unknown) => error as HygieneError,
    );
  }

  async function unusedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test.each(['127.0.0.1', 'localhost'])(
    'because nobody listens at %s ends with exit 8',
    async (host) => {
      const port = await unusedPort();
      const error = await connectError(`postgres://app:secret@${host}:${String(port)}/shop`);
      expect(error).toMatchObject({ code: 'HYG_DB_UNREACHABLE', exitCode: 8 });
      expect(error.message).toContain(`Cannot reach ${host}:${String(port)}/shop: `);
      expect(error.message).toContain('ECONNREFUSED');
      expect(error.hint).toContain('the test');
      expect(inspect(error, { depth: null })).not.toContain('secret');
    },
  );

  test('because the database does not exist names it, exit 8', async () => {
    const error = await connectError(changed((url) => (url.pathname = '/no_such_database')));
    expect(error).toMatchObject({
      code: 'HYG_DB_AUTH',
      exitCode: 8,
      details: { sqlstate: '3D000' },
    });
    expect(error.message).toContain('no_such_database');
  });

  test('because the role does not exist names it, without the password', async () => {
    const error = await connectError(
      changed((url) => {
        url.username = 'no_such_role';
        url.password = 'secret';
      }),
    );
    expect(error).toMatchObject({ code: 'HYG_DB_AUTH', exitCode: 8 });
    expect(error.message).toContain('refused the connection of "no_such_role"');
    expect(inspect(error, { depth: null })).not.toContain('secret');
  });

  test('because it asks for a password that nobody gave says so', async () => {
    const error = await connectError(changed((url) => (url.password = '')));
    expect(error).toMatchObject({ code: 'HYG_DB_AUTH', exitCode: 8 });
    expect(error.message).toContain('asks for the password of "postgres", and there is none');
    expect(error.hint).toContain('PGPASSWORD');
    // The server would go on asking for a minute.
    await database.execute(`
      do $$
      begin
        for try in 1 .. 200 loop
          perform from pg_stat_activity where state = 'starting' and backend_type = 'client backend';
          if not found then return; end if;
          perform pg_sleep(0.05), pg_stat_clear_snapshot();
        end loop;
        raise exception 'it is still asked for the password';
      end
      $$`);
  });

  test('because the role has as many as it may have is no matter of its password', async () => {
    await database.execute("create role crowded login password 'secret' connection limit 0");
    const error = await connectError(
      changed((url) => {
        url.username = 'crowded';
        url.password = 'secret';
      }),
    );
    await database.execute('drop role crowded');
    expect(error).toMatchObject({ code: 'HYG_DB_UNREACHABLE', details: { sqlstate: '53300' } });
    expect(error.hint).toBe('Wait until it does, then run again.');
  });

  test('because the server has no TLS is not made without it', async () => {
    const error = await connectError(changed((url) => url.searchParams.set('sslmode', 'require')));
    expect(error).toMatchObject({ code: 'HYG_DB_UNREACHABLE' });
    expect(error.message).toContain('does not support SSL');
  });
});
