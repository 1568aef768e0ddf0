import { describe, expect, test } from '@jest/globals';

import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, migration, Workbench } from '../engine/workbench.ts';
import { Cluster, oneServer, PURGE, purgeOf, useCluster } from './cluster.ts';

const FILE = '20260101000000_purge.ts';

const here = useCluster();

describe('a purge of distributed tables', () => {
  test.each(['online', 'maintenance'] as const)(
    'takes what it takes on one server, %s, and sends nothing that Citus refuses',
    async (window) => {
      const server = await oneServer();
      evidenceOf(await new Workbench(server.url).write(FILE, PURGE).up());
      const { tables, remarks } = evidenceOf(await here.bench.write(FILE, PURGE).up({ window }));
      expect(await contents(here.cluster.database)).toEqual(await contents(server));
      expect(here.cluster.refused).toEqual([]);
      expect(tables.map(({ table, removed, archived }) => ({ table, removed, archived }))).toEqual([
        { table: 'users', removed: 40, archived: 40 },
        { table: 'orders', removed: 80, archived: 80 },
        { table: 'order_lines', removed: 160, archived: 160 },
      ]);
      expect(remarks).toEqual([
        expect.stringContaining('Rows of users, orders, order_lines were counted before and after'),
      ]);
    },
  );

  test('is by other statements than on one server, which are seen here', async () => {
    const server = await oneServer();
    const plain = await Cluster.over(server);
    evidenceOf(await new Workbench(plain.url).write(FILE, PURGE).up());
    expect(plain.refused.map((each) => each.split(':')[0])).toEqual(
      expect.arrayContaining([
        'a lock of rows in several shards',
        'a subquery for each row',
        'parts that see one another',
      ]),
    );
    await plain.stop();
  });

  test('locks its tables against writers before it looks, in one statement', async () => {
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    const about = here.cluster.statements.filter((each) =>
      /"(?:users|orders|order_lines)"/.test(each),
    );
    expect(about[0]).toBe(
      'lock table "public"."order_lines", "public"."orders", "public"."users" in share row exclusive mode',
    );
  });

  test('keeps archives of removed rows where the rows were, and changed rows on the coordinator', async () => {
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    const divided = await here.cluster.database.query<{ name: string; by: string }>(
      `select logicalrelid::text as name, partkey as by from pg_dist_partition
        where logicalrelid::text like 'hygiene%' order by 1`,
    );
    const archive = 'hygiene_archive."20260101000000_g1_';
    expect(divided).toEqual([
      { name: `${archive}order_lines"`, by: 'tenant_id' },
      { name: `${archive}orders"`, by: 'tenant_id' },
      { name: `${archive}users"`, by: 'tenant_id' },
    ]);
    expect(await countOf(here.cluster.database, `${archive}users_mutations"`)).toBe(8);
  });

  test('uses one connection to each node, as there is a reference table', async () => {
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    expect(here.cluster.statements).toContainEqual(
      expect.stringContaining("set_config('citus.multi_shard_modify_mode', 'sequential', true)"),
    );
  });

  test('makes the ledger on the coordinator, also where schemas are distributed', async () => {
    const { name } = here.cluster.database;
    await here.cluster.database.execute(
      `alter database "${name}" set citus.enable_schema_based_sharding = 'on'`,
    );
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    const made = here.cluster.statements.findIndex((each) => each.includes('create schema'));
    const kept = here.cluster.statements.findIndex((each) =>
      each.includes("current_setting($2, true) = 'on'"),
    );
    expect(kept).toBeGreaterThan(0);
    expect(made).toBeGreaterThan(kept);
  });

  test('waits for writers as long as it waits for locks, and leaves everything as it was', async () => {
    const before = await contents(here.cluster.database);
    const writer = await here.cluster.database.connect();
    await writer.query('begin');
    await writer.query("insert into users (tenant_id, id, email) values (9, 9, 'late@mail.org')");
    const error = await here.bench.write(FILE, PURGE).upError({ rowLockTimeoutMs: 50 });
    await writer.query('rollback');
    expect(error.code).toBe('HYG_LOCK_BUSY');
    expect(await contents(here.cluster.database)).toEqual(before);
  });

  test('of a reference table clears what references it', async () => {
    here.bench.write(
      FILE,
      migration({
        before: "const old = rows('plans', sql`id = 2`);",
        up: "purge(old, { budget: { max: 10 }, dependents: { users: 'nullify' } })",
        verify: 'await expect.none(old);',
      }),
    );
    const { tables } = evidenceOf(await here.bench.up());
    expect(tables).toEqual([
      expect.objectContaining({ table: 'plans', changed: 0, removed: 1 }),
      expect.objectContaining({ table: 'users', changed: 40, removed: 0 }),
    ]);
    expect(here.cluster.refused).toEqual([]);
  });

  test('takes what references itself, round by round', async () => {
    here.bench.write(
      FILE,
      migration({
        before: "const boss = rows('users', sql`id = 3`);",
        up: "purge(boss, { budget: { max: 200 }, dependents: { users: 'purge', orders: 'purge', order_lines: 'purge' } })",
        verify: 'await expect.none(boss);',
      }),
    );
    const { tables } = evidenceOf(await here.bench.up());
    expect(tables[0]).toMatchObject({ table: 'users', removed: 16 });
    expect(here.cluster.refused).toEqual([]);
  });

  test('leaves a seed guard that the cluster checks', async () => {
    evidenceOf(await here.bench.write(FILE, purgeOf('guard: true,')).up());
    await expect(
      here.cluster.database.execute(
        "insert into users (tenant_id, id, email) values (1, 99, 'demo@x')",
      ),
    ).rejects.toThrow('hygiene_guard_20260101000000');
    expect(await events(here.cluster.database)).toContain('guard_validated');
    const altered = here.cluster.statements.findIndex((each) =>
      each.startsWith('alter table "public"'),
    );
    expect(
      here.cluster.statements.slice(0, altered).findLast((each) => each.includes('citus')),
    ).toContain("set_config('citus.multi_shard_modify_mode', 'sequential', true) where");
    expect(here.cluster.refused).toEqual([]);
  });
});

describe('that nothing was inserted', () => {
  test('is proven by counting rows, where the counters see nothing', async () => {
    await here.cluster.database.execute(`
      create function copy_user() returns trigger language plpgsql as $$
      begin
        insert into orders values (old.tenant_id, 1000 + old.id, 1, 0);
        return null;
      end $$;
      create trigger copy_user after delete on users for each row when (old.id = 3)
        execute function copy_user()`);
    const error = await here.bench.write(FILE, PURGE).upError();
    expect(error).toMatchObject({
      code: 'HYG_RUN_INSERTED',
      message: expect.stringContaining('inserted 4 rows into orders'),
    });
  });

  test('is proven so for statements of its own, in the window', async () => {
    const own = (statement: string): string =>
      migration({
        up: `sql\`${statement}\``,
        more: "irreversible: 'a test', budget: { max: 9 },",
        verify: "await expect.atLeast('notes', 1);",
      });
    here.bench.write(FILE, own('insert into orders values (1, 999, 1, 0)'));
    expect(await here.bench.upError({ window: 'maintenance' })).toMatchObject({
      code: 'HYG_RUN_INSERTED',
      message: expect.stringContaining('inserted 1 row into orders'),
    });
    here.bench.write(FILE, own('delete from order_lines where (tenant_id, order_id) = (1, 1)'));
    const { tables } = evidenceOf(await here.bench.up({ window: 'maintenance' }));
    expect(tables).toEqual([expect.objectContaining({ table: 'order_lines', removed: 2 })]);
  });

  test('and so that nothing else was removed', async () => {
    await here.cluster.database.execute(`
      create function forget() returns trigger language plpgsql as $$
      begin
        delete from order_lines where line = 2 and order_id = 1;
        return null;
      end $$;
      create trigger forget after delete on users for each statement execute function forget()`);
    const error = await here.bench.write(FILE, PURGE).upError();
    expect(error.code).toBe('HYG_RUN_UNPLANNED_CHANGE');
  });
});

describe('a scrub of distributed tables', () => {
  const scrubOf = (set: string): string =>
    migration({
      before: "const demo = rows('users', sql`email like 'demo%'`);",
      up: `scrub(demo, { set: { ${set} }, budget: { max: 100 } })`,
      verify: 'await expect.none(demo);',
    });

  test('keeps the old values, with what they were changed to', async () => {
    here.bench.write(FILE, scrubOf("email: sql`'user' || id || '@invalid.test'`"));
    const { tables } = evidenceOf(await here.bench.up());
    expect(tables).toEqual([expect.objectContaining({ table: 'users', changed: 40 })]);
    expect(here.cluster.refused).toEqual([]);
    const [kept] = await here.cluster.database.query<{ rows: number; hashed: number }>(
      `select count(*)::int as rows, count(hygiene_after ->> 'email')::int as hashed
         from hygiene_archive."20260101000000_g1_users_mutations"`,
    );
    expect(kept).toEqual({ rows: 40, hashed: 40 });
  });

  test.each(['tenant_id', 'id'])('does not change %s, which is in the key', async (column) => {
    const error = await here.bench.write(FILE, scrubOf(`${column}: sql\`7\``)).upError();
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_CLUSTER',
      message: expect.stringContaining(`${column} is in the key of users`),
    });
  });
});

describe('protected rows of distributed tables', () => {
  const protect = (condition: string): void => {
    here.bench.write(
      'config.ts',
      `import { defineConfig, rows, sql } from 'pg-hygiene';
       export default defineConfig({ protect: [rows('users', sql\`${condition}\`)] });`,
    );
  };

  test('are not removed', async () => {
    protect('id = 6');
    const error = await here.bench.write(FILE, PURGE).upError();
    expect(error.code).toBe('HYG_REFUSED_PROTECTED');
    expect(here.cluster.refused).toEqual([]);
  });

  test('are compared by hash', async () => {
    protect('id = 7');
    evidenceOf(await here.bench.write(FILE, PURGE).up());
    expect(here.cluster.refused).toEqual([]);
  });

  test('whose change by a trigger shows', async () => {
    protect('id = 7');
    await here.cluster.database.execute(`
      create function spoil() returns trigger language plpgsql as $$
      begin
        update users set email = 'spoilt@mail.org' where id = 7;
        return null;
      end $$;
      create trigger spoil after delete on orders for each statement execute function spoil()`);
    const error = await here.bench.write(FILE, PURGE).upError();
    expect(error.code).toBe('HYG_RUN_PROTECTED_CHANGED');
  });
});

test('a default that references a row which goes too is found, though no counter sees what comes of it', async () => {
  await here.cluster.database.execute(`
    alter table users drop constraint users_plan_id_fkey;
    alter table users alter column plan_id set default 3;
    alter table users add constraint users_plan_id_fkey foreign key (plan_id) references plans
      on delete set default`);
  const text = migration({
    before: "const old = rows('plans', sql`id in (2, 3)`);",
    up: "purge(old, { budget: { max: 10 }, dependents: { users: 'default' } })",
    verify: 'await expect.none(old);',
  });
  const error = await here.bench.write(FILE, text).upError();
  expect(error).toMatchObject({
    code: 'HYG_RUN_UNPLANNED_CHANGE',
    message: expect.stringContaining('80 rows got a default that references rows of plans'),
  });
});
