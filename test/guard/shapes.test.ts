import { describe, expect, test } from '@jest/globals';

import { events } from '../engine/witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import {
  GUARD,
  guardConstraints,
  guardEvents,
  ID,
  PEOPLE,
  purgePeople,
  refusal,
} from './guarded.ts';

const MATCHING = "insert into people (email) values ('new@example.com')";

async function scene(
  schema: string,
  text: string,
): Promise<{ readonly database: TestDatabase; readonly bench: Workbench }> {
  const database = await freshDatabase();
  await database.execute(schema);
  return { database, bench: new Workbench(database.url).write(`${ID}.ts`, text) };
}

const runIn =
  (database: TestDatabase) =>
  (text: string): Promise<unknown> =>
    database.execute(text);

describe.each(['guard: true', "guard: { as: 'trigger' }"])('with %s', (options) => {
  test('protected rows of the config are excepted', async () => {
    const { database, bench } = await scene(PEOPLE, purgePeople(options));
    bench.write(
      'config.ts',
      `import { defineConfig, rows, sql } from 'pg-hygiene';
       export default defineConfig({ protect: [
         rows('people', sql\`name = 'Root'\`), rows('people', { keep: sql\`name <> \${'Boss'}\` }),
       ] });`,
    );
    evidenceOf(await bench.up());
    const run = runIn(database);
    expect(await refusal(run, MATCHING)).toMatchObject({ constraint: GUARD });
    for (const name of ['Root', 'Boss']) {
      const insert = `insert into people (email, name) values ('${name}@example.com', '${name}')`;
      expect(await refusal(run, insert)).toBeNull();
    }
    expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
  });

  test('a partitioned table is guarded with all its partitions, also with those to come', async () => {
    const { database, bench } = await scene(
      `create table visits (at date not null, source text) partition by range (at);
       create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
       insert into visits values ('2025-02-02', 'demo'), ('2025-02-03', 'web');`,
      purgePeople(options, "rows('visits', sql`source = ${'demo'}`)"),
    );
    evidenceOf(await bench.up());
    await database.execute(
      `create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01')`,
    );
    const run = runIn(database);
    for (const into of ['visits', 'visits_2025']) {
      expect(await refusal(run, `insert into ${into} values ('2025-03-03', 'demo')`)).toMatchObject(
        {
          constraint: GUARD,
        },
      );
    }
    const later = "insert into visits_2026 values ('2026-03-03', 'demo')";
    expect(await refusal(run, later)).toMatchObject({ constraint: GUARD });
    expect(await refusal(run, "insert into visits values ('2026-03-03', 'web')")).toBeNull();
    expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
  });

  test('names in mixed case, with quotes and with a schema are no obstacle', async () => {
    const { database, bench } = await scene(
      `create schema "My.App"; create table "My.App"."User ""X""" ("eMail" text, "select" int);
       insert into "My.App"."User ""X""" values ('a@example.com', 1), ('b@corp.test', 2);`,
      purgePeople(
        options,
        `rows(['My.App', 'User "X"'], sql\`"User ""X""".\${id('eMail')} ~ '@example\\.com$' and "select" <> \${7}\`)`,
      ),
    );
    evidenceOf(await bench.up());
    const table = '"My.App"."User ""X"""';
    const run = runIn(database);
    expect(await refusal(run, `insert into ${table} values ('c@example.com', 3)`)).toMatchObject({
      constraint: GUARD,
    });
    expect(await refusal(run, `insert into ${table} values ('c@example.com', 7)`)).toBeNull();
    expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
  });

  test('two purges of one migration leave two guards on one table', async () => {
    const { database, bench } = await scene(
      PEOPLE,
      migration({
        up: `[
          purge(rows('people', sql\`email like '%@example.com'\`), { budget: { max: 9 }, ${options} }),
          purge(rows('people', sql\`name = 'Test'\`), { budget: { max: 9 }, ${options} }),
        ]`,
        verify: "await expect.atLeast('people', 1);",
      }),
    );
    evidenceOf(await bench.up());
    const run = runIn(database);
    expect(await refusal(run, MATCHING)).toMatchObject({ constraint: GUARD });
    expect(await refusal(run, "insert into people (name) values ('Test')")).toMatchObject({
      constraint: `${GUARD}_2`,
    });
    expect((await bench.verify()).guards).toMatchObject([
      { state: 'present', guard: { name: GUARD } },
      { state: 'present', guard: { name: `${GUARD}_2` } },
    ]);
  });

  test('in the maintenance window purge, guard and both events are one transaction', async () => {
    const { database, bench } = await scene(PEOPLE, purgePeople(options));
    evidenceOf(await bench.up({ window: 'maintenance' }));
    expect(await events(database)).toEqual([
      'started',
      'guard_added',
      'guard_validated',
      'applied',
    ]);
    const [row] = await database.query(
      'select count(distinct xmin::text)::int as n from hygiene.ledger where seq > 1',
    );
    expect(row).toEqual({ n: 1 });
    expect(await refusal(runIn(database), MATCHING)).toMatchObject({ constraint: GUARD });
    expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
  });

  test('batches get it after the end', async () => {
    const text = purgePeople(options).replace(
      '  up: purge',
      "  transaction: 'batched',\n  up: purge",
    );
    const { database, bench } = await scene(PEOPLE, text);
    evidenceOf(await bench.up());
    expect((await events(database)).slice(-3)).toEqual([
      'applied',
      'guard_added',
      'guard_validated',
    ]);
    expect(await refusal(runIn(database), MATCHING)).toMatchObject({ constraint: GUARD });
  });

  test('a purge of the function form gets it too', async () => {
    const { database, bench } = await scene(
      PEOPLE,
      migration({
        more: "irreversible: 'a test', budget: { max: 10 },",
        up: `async ({ purge }) => {
          await purge(rows('people', sql\`email like '%@example.com'\`), { budget: { max: 9 }, ${options} });
        }`,
        verify: "await expect.atLeast('people', 1);",
      }),
    );
    evidenceOf(await bench.up());
    expect(await refusal(runIn(database), MATCHING)).toMatchObject({ constraint: GUARD });
  });
});

test.each(['detach', 'rewrite'] as const)(
  'in the window it follows a purge by %s, foreign keys and all',
  async (strategy) => {
    const database = await freshDatabase('sample.sql');
    const text = purgeDemoUsers().replace('budget: {', 'guard: true, budget: {');
    const bench = new Workbench(database.url).write(`${ID}.ts`, text);
    evidenceOf(await bench.up({ window: 'maintenance', strategy }));
    const insert = "insert into users (email, name) values ('new@example.com', 'New')";
    expect(await refusal(runIn(database), insert)).toMatchObject({ constraint: GUARD });
    expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
    await bench.restore(ID);
    expect(await refusal(runIn(database), insert)).toBeNull();
  },
);

describe('a guard with a predicate of its own', () => {
  test('goes with { keep }', async () => {
    const { database, bench } = await scene(
      PEOPLE,
      purgePeople(
        "guard: sql`email like ${'%@example.com'}`",
        "rows('people', { keep: sql`email is null or email like '%@corp.test'` })",
      ),
    );
    evidenceOf(await bench.up());
    expect(await refusal(runIn(database), MATCHING)).toMatchObject({ constraint: GUARD });
    expect(await guardConstraints(database)).toMatchObject([
      { definition: "CHECK (((email ~~ '%@example.com'::text) IS NOT TRUE))" },
    ]);
  });

  test.each(['online', 'maintenance'] as const)(
    'that refuses rows which stay rolls everything back, %s',
    async (window) => {
      const { database, bench } = await scene(PEOPLE, purgePeople("guard: sql`email like '%@%'`"));
      const error = await bench.upError({ window });
      expect(error).toMatchObject({ code: 'HYG_GUARD_VIOLATED', exitCode: 4 });
      expect(error.message).toBe('1 row of people would stay that the seed guard refuses.');
      expect(await database.query('select count(*)::int as n from people')).toEqual([{ n: 4 }]);
      expect(await guardConstraints(database)).toEqual([]);
      expect(await events(database)).toEqual(['started', 'failed HYG_GUARD_VIOLATED']);
    },
  );

  test('refuses in batches too, before the end is recorded', async () => {
    const text = purgePeople("guard: sql`email like '%@%'`").replace(
      '  up: purge',
      "  transaction: 'batched',\n  up: purge",
    );
    const { bench, database } = await scene(PEOPLE, text);
    expect(await bench.upError()).toMatchObject({ code: 'HYG_GUARD_VIOLATED' });
    expect(await guardConstraints(database)).toEqual([]);
  });
});

test('a long id is cut behind its version, so that the name still leads to it', async () => {
  const id = `20260101000000_${'very_long_name_'.repeat(8)}end`;
  const database = await freshDatabase();
  await database.execute(PEOPLE);
  const bench = new Workbench(database.url).write(`${id}.ts`, purgePeople());
  evidenceOf(await bench.up());
  const [found] = await guardConstraints(database);
  expect(found?.['name']).toBe(`hygiene_guard_${id}`.slice(0, 63));
  expect(found?.['comment']).toContain(`hygiene guard drop ${id}`);
  expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
});
