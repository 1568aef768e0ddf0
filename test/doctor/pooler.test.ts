import { spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { afterAll, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { type PoolerMode, testPooler } from '../../src/database/pooler-test.ts';
import { systemClock } from '../../src/kernel/ports.ts';
import { openConnection } from '../database/open-connection.ts';
import { type Pooler, startPooler } from '../support/pooler.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const patience = (signal: AbortSignal): Promise<void> => systemClock.sleep(10_000, signal);

async function modeOf(url: string): Promise<PoolerMode> {
  return testPooler(await openConnection(url), () => openConnection(url), patience);
}

test('a server itself gives each connection a session', async () => {
  expect(await modeOf(database.url)).toBe('session');
});

describe('where no second connection is to be had', () => {
  test('in time, nothing is known, and it is closed when it comes', async () => {
    const first = await openConnection(database.url);
    let come: (connection: Connection) => void = () => undefined;
    const coming = new Promise<Connection>((resolve) => {
      come = resolve;
    });
    const mode = await testPooler(
      first,
      () => coming,
      () => Promise.resolve(),
    );
    expect(mode).toBe('unknown');
    const late = await openConnection(database.url);
    const closed = new Promise<void>((resolve) => {
      come({
        ...late,
        close: () => {
          resolve();
          return Promise.resolve();
        },
      });
    });
    await expect(closed).resolves.toBeUndefined();
  });

  test('at all, nothing is known', async () => {
    const first = await openConnection(database.url);
    const refused = (): Promise<Connection> => Promise.reject(new Error('too many connections'));
    expect(await testPooler(first, refused, patience)).toBe('unknown');
    expect(await first.transactionStatus()).toBe('idle');
  });
});

const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;
const reason = isInstalled ? '' : ' (skipped: pgbouncer is not installed)';

(isInstalled ? describe : describe.skip)(`PgBouncer${reason}`, () => {
  const poolers: Pooler[] = [];

  const through = async (settings: readonly string[]): Promise<string> => {
    const pooler = await startPooler(new URL(database.url), settings);
    poolers.push(pooler);
    return pooler.urlOf(database.name);
  };

  afterAll(async () => {
    for (const { process } of poolers) {
      process.kill('SIGTERM');
      await once(process, 'close');
    }
  });

  test.each<[PoolerMode, readonly string[]]>([
    ['transaction', ['pool_mode = transaction']],
    ['transaction', ['pool_mode = transaction', 'server_round_robin = 1', 'min_pool_size = 2']],
    ['session', ['pool_mode = session']],
    ['statement', ['pool_mode = statement']],
  ])('is found in %s mode: %j', async (mode, settings) => {
    expect(await modeOf(await through(settings))).toBe(mode);
  });
});
