import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { sendCancelRequest } from '../../src/database/cancel-request.ts';
import { CancellableConnection, cancelledError } from '../../src/database/cancellable.ts';
import type { Connection } from '../../src/database/connection.ts';
import { HygieneError } from '../../src/kernel/errors.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { useDatabase } from '../support/database.ts';
import { openConnection } from './open-connection.ts';
import { untilAsleep } from './until-asleep.ts';

/** Longer than any test may take: whoever gets past it was cancelled. */
const LONG_SLEEP = 'select pg_sleep(600)';

describe('a statement', () => {
  const database = useDatabase();
  let connection: Connection;

  beforeAll(async () => {
    connection = await openConnection(database.url);
  });

  afterEach(async () => {
    await connection.query(rawSql('rollback'));
  });

  test('that runs is cancelled on the server, and the connection stays usable', async () => {
    const running = connection.query(rawSql(LONG_SLEEP));
    await untilAsleep((text) => database.execute(text));
    await connection.cancelRunning();
    await expect(running).rejects.toMatchObject({ code: '57014' });
    expect(connection.isLost()).toBe(false);
    expect(await connection.query(sql`select 1 as one`)).toEqual({
      rows: [{ one: 1 }],
      rowCount: 1,
    });
  });

  test.each([
    ['query', (sent: Connection) => sent.query(rawSql(LONG_SLEEP))],
    ['script', (sent: Connection) => sent.script(LONG_SLEEP)],
  ])('sent by %s is cancelled when the signal aborts', async (_way, send) => {
    const controller = new AbortController();
    const cancellable = new CancellableConnection(connection, controller.signal);
    await cancellable.query(rawSql('begin'));
    const running = send(cancellable);
    await untilAsleep((text) => database.execute(text));
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'HYG_RUN_CANCELLED' });
    expect(await cancellable.transactionStatus()).toBe('failed');
    await expect(cancellable.query(rawSql('rollback'))).rejects.toMatchObject({
      code: 'HYG_RUN_CANCELLED',
    });
    await connection.query(rawSql('rollback'));
    expect(await connection.transactionStatus()).toBe('idle');
  });

  test('is not sent any more after the signal has aborted, and the reason is the error', async () => {
    const reason = new HygieneError('HYG_RUN_CANCELLED', {
      message: 'SIGINT',
      details: { exitCode: 130 },
    });
    const cancellable = new CancellableConnection(connection, AbortSignal.abort(reason));
    await expect(cancellable.query(rawSql('create table never (a int)'))).rejects.toBe(reason);
    await expect(cancellable.script('create table never (a int)')).rejects.toBe(reason);
    expect(await database.query("select to_regclass('never') as found")).toEqual([{ found: null }]);
  });

  test('that has ended is not cancelled by a later abort', async () => {
    const controller = new AbortController();
    const cancellable = new CancellableConnection(connection, controller.signal);
    expect((await cancellable.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
    controller.abort();
    const { rows } = await connection.query(
      sql`select 'undisturbed' || pg_sleep(0.05)::text as it`,
    );
    expect(rows).toEqual([{ it: 'undisturbed' }]);
  });
});

describe('an abort', () => {
  test('without an error of its own ends as cancelled, exit 143', () => {
    const error = cancelledError(AbortSignal.abort('for some reason'));
    expect(error).toMatchObject({
      code: 'HYG_RUN_CANCELLED',
      exitCode: 143,
      cause: 'for some reason',
    });
  });
});

describe('a cancel request', () => {
  test('is the sixteen bytes of the protocol', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const received = once(server, 'connection').then(async ([socket]) => {
      const chunks: Buffer[] = [];
      for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    });
    const { port } = server.address() as AddressInfo;
    await sendCancelRequest({
      ...{ host: '127.0.0.1', port, tls: null },
      ...{ processId: 4711, secretKey: -42 },
    });
    const message = await received;
    server.close();
    expect([0, 4, 8, 12].map((at) => message.readInt32BE(at))).toEqual([16, 80_877_102, 4711, -42]);
    expect(message).toHaveLength(16);
  });

  test('that reaches nobody ends quietly', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const target = { tls: null, processId: 1, secretKey: 1 };
    await expect(
      sendCancelRequest({ ...target, host: '127.0.0.1', port }),
    ).resolves.toBeUndefined();
    await expect(
      sendCancelRequest({ ...target, host: '/no/such/dir', port }),
    ).resolves.toBeUndefined();
  });
});
