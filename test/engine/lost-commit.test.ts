import { beforeEach, describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type BreakPoint, breakingRelay } from './breaking-relay.ts';
import { purgeDemoUsers, Workbench } from './workbench.ts';

const ID = '20260101000000_purge_demo_users';

describe('a connection that breaks while committing', () => {
  let database: TestDatabase;
  let direct: Workbench;

  beforeEach(async () => {
    database = await freshDatabase('sample.sql');
    direct = new Workbench(database.url);
    // Otherwise the first COMMIT would be that of the installation.
    await installOperation(direct.world(), { ...direct.options(), mark: null });
  });

  async function upThroughRelay(breakPoint: BreakPoint): ReturnType<Workbench['up']> {
    const relay = await breakingRelay(database.url, breakPoint);
    const report = await new Workbench(relay.url).write(`${ID}.ts`, purgeDemoUsers()).up();
    await relay.close();
    return report;
  }

  async function events(): Promise<readonly string[]> {
    const rows = await database.query('select event from hygiene.ledger order by seq');
    return rows.map(({ event }) => String(event));
  }

  test('after the server committed is found out by asking the ledger', async () => {
    const report = await upThroughRelay('after commit');
    expect(report.error).toBeNull();
    expect(report.results[0]?.outcome.kind).toBe('applied unseen');
    expect(await events()).toEqual(['started', 'applied']);
    expect(await database.query("select from users where email like '%@example.com'")).toEqual([]);
  });

  test('before the server saw the COMMIT is recorded as failed, with all rows in place', async () => {
    const report = await upThroughRelay('before commit');
    expect(report.error?.code).toBe('HYG_DB_CONNECTION_LOST');
    expect(report.error?.exitCode).toBe(8);
    expect(await events()).toEqual(['started', 'failed']);
    expect(await database.query("select from users where email like '%@example.com'")).not.toEqual(
      [],
    );
    const next = await direct.write(`${ID}.ts`, purgeDemoUsers()).up();
    expect(next.results[0]?.outcome.kind).toBe('applied');
    expect(await events()).toEqual(['started', 'failed', 'started', 'applied']);
  });
});
