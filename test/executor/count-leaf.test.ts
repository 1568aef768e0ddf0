import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { introspect } from '../../src/catalog/introspect.ts';
import { findTable } from '../../src/catalog/model.ts';
import type { Connection } from '../../src/database/connection.ts';
import { countLeaf } from '../../src/executor/count-leaf.ts';
import { leafEdges, splitLeaves } from '../../src/executor/leaves.ts';
import { Selection } from '../../src/executor/selection.ts';
import { rawSql, sql } from '../../src/kernel/sql.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import { rowSet } from '../../src/planner/steps.ts';
import { openConnection } from '../database/open-connection.ts';
import { useDatabase } from '../support/database.ts';

/** Enough for a list that is looked up by several statements. */
const USERS = 100_000;
const DOOMED = 'id % 5 <> 0';

const database = useDatabase();
let connection: Connection;

beforeAll(async () => {
  await database.execute(`
    create table users (id bigint primary key);
    create table visits (user_id int references users) with (autovacuum_enabled = off);
    create index on visits (user_id);
    create table orders (user_id bigint references users, year int) partition by range (year);
    create table orders_1 partition of orders for values from (1) to (2) with (autovacuum_enabled = off);
    create table orders_2 partition of orders for values from (2) to (3) with (autovacuum_enabled = off);
    create index on orders (user_id);
    create table scans (user_id bigint references users) with (autovacuum_enabled = off);
    create table gifts (giver bigint references users, taker bigint references users)
      with (autovacuum_enabled = off);
    create index on gifts (giver);
    create index on gifts (taker);

    insert into users select n from generate_series(1, ${String(USERS)}) as n;
    insert into visits select nullif(n % 1000, 0) from generate_series(1, 20000) as n;
    insert into orders select n, 1 + n % 2 from generate_series(1, 30000) as n;
    insert into scans select n from generate_series(1, 1000) as n;
    insert into gifts select n, n + 1 from generate_series(1, 1000) as n;`);
  connection = await openConnection(database.url);
});

afterAll(() => connection.close());

/** What is counted of each leaf, and how often an index of it was asked. */
async function counted(): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const catalog = await introspect(connection);
  const users = findTable(catalog, 'public', 'users');
  if (users === null) throw new Error('there are no users');
  const closure = planClosure(catalog, users, 'all');
  const split = splitLeaves(catalog, closure, []);
  const rows = rowSet('users', rawSql(DOOMED), 'match');
  await connection.query(rawSql('begin'));
  const selection = new Selection(connection, {
    rows: [rows],
    closure: split.inner,
    leafEdges: leafEdges(split),
    prefix: 'test',
    lock: false,
    spread: true,
    earlier: [],
  });
  await selection.prepare();
  expect(await selection.selectRows()).toBe(0.8 * USERS);
  const found: Record<string, readonly [number, number]> = {};
  for (const leaf of split.leaves) {
    const { rows: count } = await countLeaf(connection, leaf, selection);
    const { rows: asked } = await connection.query<{ scans: number }>(sql`
      select coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)), 0)::float8 as scans
        from pg_index as i
       where i.indrelid in (select ${leaf.table.oid}::oid union
                            select relid from pg_partition_tree(${leaf.table.oid}::oid))`);
    found[leaf.table.name.toString()] = [count, asked[0]?.scans ?? 0];
  }
  await connection.query(rawSql('rollback'));
  return found;
}

async function rowsOf(table: string, condition: string): Promise<number> {
  const [row] = await database.query(
    `select count(*)::float8 as count from ${table} where ${condition}`,
  );
  return Number(row?.['count']);
}

describe('the rows that reference doomed rows', () => {
  test('are counted by a join where tables would have to be read for the index', async () => {
    expect(await counted()).toEqual({
      visits: [await rowsOf('visits', 'user_id % 5 <> 0'), 0],
      orders: [await rowsOf('orders', 'user_id % 5 <> 0'), 0],
      scans: [800, 0],
      gifts: [await rowsOf('gifts', 'giver % 5 <> 0 or taker % 5 <> 0'), 0],
    });
  });

  test('are counted in the index where it says it all, some of them at a time', async () => {
    // Where commits are not waited for, VACUUM trusts only what a checkpoint has written.
    await database.execute('checkpoint');
    await database.execute('vacuum analyze');
    const found = await counted();
    expect(found).toEqual({
      visits: [await rowsOf('visits', 'user_id % 5 <> 0'), expect.any(Number)],
      orders: [await rowsOf('orders', 'user_id % 5 <> 0'), expect.any(Number)],
      scans: [800, 0],
      gifts: [await rowsOf('gifts', 'giver % 5 <> 0 or taker % 5 <> 0'), expect.any(Number)],
    });
    // A list of 80,000 rows has more than 200 pages, and orders have two partitions.
    expect(found['visits']?.[1]).toBeGreaterThanOrEqual(2);
    expect(found['orders']?.[1]).toBeGreaterThanOrEqual(4);
  });
});
