import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Connection } from '../../src/database/connection.ts';
import { embeddedSource } from '../../src/database/embedded-connection.ts';
import { sql } from '../../src/kernel/sql.ts';

describe('the embedded database', () => {
  let directory: string;
  let opened: Connection[];

  // Making the database takes much longer than opening it, so all tests share one.
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hygiene-embedded-'));
  });

  beforeEach(() => {
    opened = [];
  });

  afterEach(async () => {
    for (const connection of opened) await connection.close();
    rmSync(lockFile(), { force: true });
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(): Promise<Connection> {
    const connection = await embeddedSource(directory, '--embedded').connect();
    opened.push(connection);
    return connection;
  }

  function lockFile(): string {
    return join(directory, 'lock');
  }

  /** The pid of a process that has ended. */
  function deadPid(): number {
    return spawnSync(process.execPath, ['--version']).pid;
  }

  test('says what it is and what it cannot', () => {
    expect(embeddedSource(directory, '--embedded').target).toMatchObject({
      kind: 'embedded',
      database: directory,
      source: '--embedded',
      notes: ['The embedded database has one connection: no races, no time-outs, no cancel.'],
    });
  });

  test('keeps its rows until the next time', async () => {
    const first = await open();
    await first.script('create table kept (a int); insert into kept values (7)');
    await first.close();
    expect(first.isLost()).toBe(true);
    const second = await open();
    expect((await second.query(sql`select a from kept`)).rows).toEqual([{ a: 7 }]);
  });

  test('takes one holder at a time: the second one gets exit 6 and the pid of the first', async () => {
    await open();
    const second = open();
    await expect(second).rejects.toMatchObject({
      code: 'HYG_LOCK_EMBEDDED',
      exitCode: 6,
      details: { pid: process.pid },
    });
    await expect(second).rejects.toThrow(
      `Process ${String(process.pid)} uses the embedded database in ${directory}.`,
    );
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
  });

  test('is held by another process as long as that one lives', async () => {
    writeFileSync(lockFile(), String(process.ppid));
    await expect(open()).rejects.toMatchObject({
      code: 'HYG_LOCK_EMBEDDED',
      details: { pid: process.ppid },
    });
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.ppid));
  });

  test('is taken over from a process that is dead', async () => {
    writeFileSync(lockFile(), String(deadPid()));
    const connection = await open();
    expect((await connection.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
  });

  test('is taken over from an earlier process with our own pid, as every container has one', async () => {
    writeFileSync(lockFile(), String(process.pid));
    const connection = await open();
    expect((await connection.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  });

  test('is not taken from somebody who has only just made the lock', async () => {
    writeFileSync(lockFile(), '');
    await expect(open()).rejects.toMatchObject({
      code: 'HYG_LOCK_EMBEDDED',
      details: { pid: null },
    });
    await expect(open()).rejects.toHaveProperty('hint', expect.stringContaining(lockFile()));
  });

  test('of two that come at once lets in one', async () => {
    const outcomes = await Promise.allSettled([open(), open(), open()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });

  test('is free again after it was closed', async () => {
    const connection = await open();
    await connection.close();
    expect(existsSync(lockFile())).toBe(false);
    await connection.close();
    expect(await (await open()).transactionStatus()).toBe('idle');
  });

  test('is free again when it could not be opened', async () => {
    const broken = join(directory, 'broken');
    mkdirSync(join(broken, 'data'), { recursive: true });
    writeFileSync(join(broken, 'data', 'PG_VERSION'), '9\n');
    await expect(embeddedSource(broken, '--embedded').connect()).rejects.toThrow(
      'PGlite failed to initialize',
    );
    expect(existsSync(join(broken, 'lock'))).toBe(false);
  });
});
