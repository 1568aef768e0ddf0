import { describe, expect, test } from '@jest/globals';

import type { PlanReport } from '../../src/runner/plan-report.ts';
import { planText, totals } from '../../src/report/plan.ts';
import { contents } from '../engine/witness.ts';
import { migration } from '../engine/workbench.ts';
import { PURGE, purgeOf, useCluster } from './cluster.ts';

const FILE = '20260101000000_purge.ts';

const here = useCluster();

function refusalsOf({ migrations }: PlanReport): readonly (readonly [string, string])[] {
  return migrations.flatMap(({ refusals }) =>
    refusals.map(({ code, message }) => [code, message] as const),
  );
}

describe('plan', () => {
  test('says who keeps the rows, how they are locked and proven, and why they are only deleted', async () => {
    const before = await contents(here.cluster.database);
    const text = planText(await here.bench.write(FILE, PURGE).plan()).join('\n');
    expect(text).toContain(
      'warning: Citus keeps users (distributed by tenant_id), orders (distributed by tenant_id),',
    );
    expect(text).toMatch(/users +40 +8 +120 +SHARE ROW EXCLUSIVE/);
    expect(text).toMatch(/delete .*chosen/);
    expect(text).toMatch(/detach .*users is in a cluster, and Citus cannot drop a foreign key/);
    expect(text).toMatch(/rewrite .*users is in a cluster, and the rows that stay/);
    expect(await contents(here.cluster.database)).toEqual(before);
    expect(here.cluster.refused).toEqual([]);
  });

  test('leaves rows to the first of two purges', async () => {
    here.bench.write(FILE, PURGE).write('20260102000000_again.ts', PURGE);
    const { migrations } = await here.bench.plan();
    expect(migrations.map((migration) => totals([migration]).removed)).toEqual([280, 0]);
    expect(here.cluster.refused).toEqual([]);
  });

  test('counts what would be left without its parents', async () => {
    const text = migration({
      before: "const demo = rows('users', sql`email like 'demo%'`);",
      up: "purge(demo, { budget: { max: 100 }, dependents: { users: 'nullify' } })",
      verify: 'await expect.none(demo);',
    });
    expect(refusalsOf(await here.bench.write(FILE, text).plan())).toEqual([
      ['HYG_REFUSED_DEPENDENTS', expect.stringContaining('80')],
    ]);
    expect(here.cluster.refused).toEqual([]);
  });

  test.each([
    [
      'statements of its own',
      migration({
        up: 'sql`delete from notes`',
        more: "irreversible: 'a test', budget: { max: 10 },",
      }),
      'has statements of its own, and',
    ],
    [
      'a table without a key',
      migration({ up: "purge(rows('clicks', sql`tenant_id = 1`), { budget: { max: 10 } })" }),
      'clicks has no primary key',
    ],
  ])('refuses %s, as up does', async (_what, text, message) => {
    here.bench.write(FILE, text);
    expect(refusalsOf(await here.bench.plan())).toEqual([
      ['HYG_REFUSED_CLUSTER', expect.stringContaining(message)],
    ]);
    expect(await here.bench.upError()).toMatchObject({
      code: 'HYG_REFUSED_CLUSTER',
      message: expect.stringContaining(message),
    });
  });

  test('counts references from a table without a key, which loses no row', async () => {
    await here.cluster.database.execute(`
      alter table clicks add column user_id int;
      alter table clicks add foreign key (tenant_id, user_id) references users (tenant_id, id)`);
    expect(refusalsOf(await here.bench.write(FILE, PURGE).plan())).toEqual([]);
    await here.cluster.database.execute('insert into clicks values (1, now(), 3)');
    expect(refusalsOf(await here.bench.plan())).toEqual([
      ['HYG_REFUSED_DEPENDENTS', expect.stringContaining('clicks')],
    ]);
    expect(here.cluster.refused).toEqual([]);
  });

  test('refuses tables in a circle', async () => {
    await here.cluster.database.execute(`
      alter table orders add column last_line int;
      alter table orders add foreign key (tenant_id, id, last_line)
        references order_lines (tenant_id, order_id, line)`);
    const text = migration({
      up: `purge(rows('orders', sql\`id = 1\`), { budget: { max: 99 }, dependents: { order_lines: 'purge', orders: 'purge' } })`,
    });
    expect(refusalsOf(await here.bench.write(FILE, text).plan())).toEqual([
      ['HYG_REFUSED_CLUSTER', expect.stringContaining('reference each other in a circle')],
    ]);
  });

  test('refuses batches where a trigger fires', async () => {
    await here.cluster.database.execute(`
      create function nothing() returns trigger language plpgsql as 'begin return null; end';
      create trigger audit after delete on orders for each row execute function nothing()`);
    here.bench.write(FILE, purgeOf('', "transaction: 'batched',"));
    const message = expect.stringContaining('the trigger audit on orders may write what nobody');
    expect(refusalsOf(await here.bench.plan())).toEqual([['HYG_REFUSED_CLUSTER', message]]);
    expect(await here.bench.upError()).toMatchObject({ code: 'HYG_REFUSED_CLUSTER', message });
  });

  test('refuses a seed guard that is a trigger', async () => {
    here.bench.write(FILE, purgeOf("guard: { as: 'trigger' },"));
    expect(refusalsOf(await here.bench.plan())).toEqual([
      ['HYG_REFUSED_GUARD', expect.stringContaining('cannot be a trigger')],
    ]);
  });

  test('refuses a strategy that is asked for', async () => {
    const error = await here.bench
      .write(FILE, PURGE)
      .upError({ window: 'maintenance', strategy: 'detach' });
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_STRATEGY',
      message: expect.stringContaining('is in a cluster'),
    });
  });

  test('refuses a worker node', async () => {
    await here.cluster.database.execute('update pg_catalog.pg_dist_local_group set groupid = 2');
    await expect(here.bench.write(FILE, PURGE).plan()).rejects.toMatchObject({
      code: 'HYG_REFUSED_CLUSTER',
      message: expect.stringContaining('worker node of a Citus cluster (group 2)'),
    });
  });
});

describe('tables of no cluster, beside others', () => {
  test('are purged as ever, in batches too', async () => {
    here.bench.write(
      FILE,
      migration({
        before: "const some = rows('notes', sql`id < 3`);",
        more: "transaction: 'batched',",
        up: 'purge(some, { budget: { max: 10 } })',
        verify: 'await expect.none(some);',
      }),
    );
    expect((await here.bench.up()).error).toBeNull();
  });
});
