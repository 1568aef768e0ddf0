import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { queryOne } from '../../src/database/connection.ts';
import type { HygieneError } from '../../src/kernel/errors.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { type EncryptedServer, startEncryptedServer } from '../support/encrypted-server.ts';
import { Relay } from '../support/relay.ts';
import { openConnection } from './open-connection.ts';
import { untilAsleep } from './until-asleep.ts';

const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

describe('a server with a certificate of its own', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-tls-'));
  const authority = join(directory, 'authority.crt');
  const trusting = `sslmode=verify-full&sslrootcert=${authority}`;
  let byName: EncryptedServer;
  let byAddress: EncryptedServer;

  beforeAll(async () => {
    byName = await startEncryptedServer('localhost');
    byAddress = await startEncryptedServer('127.0.0.1');
    writeFileSync(authority, `${byName.certificate}\n${byAddress.certificate}\n`);
  });

  afterAll(async () => {
    await byName.stop();
    await byAddress.stop();
    rmSync(directory, { recursive: true });
  });

  function urlOf(server: EncryptedServer, host: string, parameters: string): string {
    return `${server.url.replace('127.0.0.1', host)}?${parameters}`;
  }

  async function isEncrypted(url: string): Promise<boolean> {
    const connection = await openConnection(url);
    const { ssl } = await queryOne<{ ssl: boolean }>(
      connection,
      sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
    );
    return ssl;
  }

  async function failure(url: string): Promise<HygieneError> {
    return openConnection(url).then(
      () => Promise.reject(new Error('it was made')),
      (error: unknown) => error as HygieneError,
    );
  }

  test('is reached by the name that its certificate has, where its authority is named', async () => {
    expect(await isEncrypted(urlOf(byName, 'localhost', trusting))).toBe(true);
  });

  test('is reached by the address that its certificate has', async () => {
    expect(await isEncrypted(urlOf(byAddress, '127.0.0.1', trusting))).toBe(true);
  });

  test.each(['require', 'prefer', 'verify-full'])(
    'is not trusted by sslmode=%s alone, and the error says what would do it',
    async (mode) => {
      const error = await failure(urlOf(byName, 'localhost', `sslmode=${mode}`));
      expect(error).toMatchObject({ code: 'HYG_DB_UNREACHABLE', exitCode: 8 });
      expect(error.message).toContain('self-signed certificate');
      expect(error.hint).toContain('sslrootcert=FILE');
    },
  );

  test.each([
    ['name', '127.0.0.1', () => byName],
    ['address', 'localhost', () => byAddress],
  ])('that proves another %s is not trusted', async (_what, host, server) => {
    const error = await failure(urlOf(server(), host, trusting));
    expect(error.message).toContain('does not match');
    expect(error.hint).toContain('sslmode=verify-ca');
  });

  test.each(['sslmode=no-verify', 'sslaccept=accept_invalid_certs'])(
    'is reached by %s',
    async (parameters) => {
      expect(await isEncrypted(urlOf(byName, '127.0.0.1', parameters))).toBe(true);
    },
  );

  test('is reached without encryption where nobody asks for it', async () => {
    expect(await isEncrypted(urlOf(byName, 'localhost', 'sslmode=disable'))).toBe(false);
  });

  test('hears of a cancel by an encrypted way only', async () => {
    const openings: Buffer[] = [];
    const relay = await Relay.to(byAddress.url, ({ client, server }) => {
      client.once('data', (first: Buffer) => openings.push(first));
      client.pipe(server);
      server.pipe(client);
    });
    const connection = await openConnection(`${relay.url}?${trusting}`);
    const running = connection.query(rawSql('select pg_sleep(600)'));
    const watcher = await openConnection(urlOf(byAddress, '127.0.0.1', trusting));
    await untilAsleep((text) => watcher.script(text));
    await connection.cancelRunning();
    await expect(running).rejects.toMatchObject({ code: '57014' });
    expect(openings).toEqual([SSL_REQUEST, SSL_REQUEST]);
    await connection.close();
    await relay.close();
  });
});
