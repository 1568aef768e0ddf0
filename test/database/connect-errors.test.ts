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

  test('because the server has no TLS is not made without it', async () => {
    const error = await connectError(changed((url) => url.searchParams.set('sslmode', 'require')));
    expect(error).toMatchObject({ code: 'HYG_DB_UNREACHABLE' });
    expect(error.message).toContain('does not support SSL');
  });
});
