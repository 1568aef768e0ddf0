import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, events } from '../engine/witness.ts';
import { evidenceOf, migration } from '../engine/workbench.ts';
import { PURGE, purgeOf, useCluster } from './cluster.ts';

const ID = '20260101000000_purge';
const FILE = `${ID}.ts`;

/** Scrubbed rows that go afterwards, and others that stay. */
const SCRUB_AND_PURGE = migration({
  before: `const demo = rows('users', sql\`email like 'demo%'\`);
    const gone = rows('orders', sql\`total < 10\`);`,
  up: `[
    scrub(rows('orders', sql\`total < 20\`), { set: { total: sql\`0.01\` }, budget: { max: 100 } }),
    purge(rows('orders', sql\`id < 10\`), { budget: { max: 200 }, dependents: { order_lines: 'purge' } }),
    scrub(demo, { set: { email: sql\`'x' || id\` }, budget: { max: 100 } }),
    scrub(rows('users', sql\`email like 'x%' and id < 10\`), { set: { email: sql\`'y'\` }, budget: { max: 100 } }),
  ]`,
  verify: 'await expect.none(demo); void gone;',
});

const here = useCluster();
let before: Readonly<Record<string, string>>;

beforeEach(async () => {
  before = await contents(here.cluster.database);
});

describe('a restore of distributed tables', () => {
  test.each([
    ['rows and references', PURGE],
    ['rows of a reference table', purgePlans()],
    ['values that were changed once or twice, and rows that went afterwards', SCRUB_AND_PURGE],
  ])('brings %s back', async (_what, text) => {
    evidenceOf(await here.bench.write(FILE, text).up());
    expect(await contents(here.cluster.database)).not.toEqual(before);
    const { remarks } = await here.bench.restore(ID);
    expect(await contents(here.cluster.database)).toEqual(before);
    expect(here.cluster.refused).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('were counted before and after')]);
  });

  test('drops the seed guard first', async () => {
    evidenceOf(await here.bench.write(FILE, purgeOf('guard: true,')).up());
    await here.bench.restore(ID);
    expect(await contents(here.cluster.database)).toEqual(before);
    expect(await events(here.cluster.database)).toContain('guard_dropped');
  });

  test('says what is in the way and changes nothing, or passes over it', async () => {
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    await here.cluster.database.execute(`
      insert into users (tenant_id, id, email) values (2, 3, 'again@mail.org');
      insert into orders values (2, 2, 3, 99)`);
    const between = await contents(here.cluster.database);
    expect(await here.bench.restoreError(ID)).toMatchObject({
      code: 'HYG_REFUSED_RESTORE_CONFLICT',
      message: expect.stringMatching(
        /orders: 1 archived row exists again \(key 2, 2\)[^]*users: 1 archived row exists again \(key 2, 3\)/,
      ),
    });
    expect(await contents(here.cluster.database)).toEqual(between);
    const { tables } = await here.bench.restore(ID, { skipExisting: true });
    expect(
      tables.map(({ table, kind, restored, skipped }) => [
        ...[table.name.toString(), kind, restored, skipped],
      ]),
    ).toEqual([
      ['order_lines', 'rows', 160, 0],
      ['orders', 'rows', 79, 1],
      ['users', 'rows', 39, 1],
      ['users', 'mutations', 8, 0],
    ]);
    expect(here.cluster.refused).toEqual([]);
  });

  test('leaves what somebody has changed since', async () => {
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    await here.cluster.database.execute(
      'update users set manager_id = 1 where (tenant_id, id) = (1, 4)',
    );
    expect((await here.bench.restoreError(ID)).code).toBe('HYG_REFUSED_RESTORE_CONFLICT');
    await here.bench.restore(ID, { skipExisting: true });
    const [row] = await here.cluster.database.query<{ left: number; back: number }>(`
      select count(*) filter (where manager_id = 1)::int as left,
             count(*) filter (where manager_id = 3)::int as back from users`);
    expect(row).toEqual({ left: 1, back: 11 });
    expect(here.cluster.refused).toEqual([]);
  });

  test('tells that what its rows reference is gone', async () => {
    const text = migration({
      before: "const some = rows('orders', sql`user_id = 3`);",
      up: "purge(some, { budget: { max: 100 }, dependents: { order_lines: 'purge' } })",
      verify: 'await expect.none(some);',
    });
    evidenceOf(await here.bench.write(FILE, text).up());
    await here.cluster.database.execute(`
      update users set manager_id = null; delete from users where id = 3`);
    expect(await here.bench.restoreError(ID)).toMatchObject({
      code: 'HYG_REFUSED_RESTORE_PARENT',
      message: expect.stringContaining('of orders in the archive reference rows of users'),
    });
    expect(here.cluster.refused).toEqual([]);
  });
});

test('a rehearsal goes there and back and leaves no trace', async () => {
  const report = await here.bench.write(FILE, SCRUB_AND_PURGE).rehearse();
  expect(report.error).toBeNull();
  expect(await contents(here.cluster.database)).toEqual(before);
  expect(here.cluster.refused).toEqual([]);
});

function purgePlans(): string {
  return migration({
    before: "const old = rows('plans', sql`id = 2`);",
    up: "purge(old, { budget: { max: 10 }, dependents: { users: 'nullify' } })",
    verify: 'await expect.none(old);',
  });
}
