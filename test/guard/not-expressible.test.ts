import { describe, expect, test } from '@jest/globals';

import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { countOf, events } from '../engine/witness.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { GUARD, guardConstraints, ID, PEOPLE, purgePeople, refusal } from './guarded.ts';

const SCHEMA = `${PEOPLE}
  create table bots (email text primary key);
  insert into bots values ('a@example.com'), ('b@example.com');
  create function is_demo(email text) returns boolean language sql stable
    as $$ select email like '%@example.com' $$;
  create function is_demo_for_sure(email text) returns boolean language plpgsql immutable
    as $$ begin return email like '%@example.com'; end $$;
  alter table people add column born timestamptz not null default '2020-01-01';
`;

async function scene(rows: string, options = 'guard: true'): Promise<[TestDatabase, Workbench]> {
  const database = await freshDatabase();
  await database.execute(SCHEMA);
  return [database, new Workbench(database.url).write(`${ID}.ts`, purgePeople(options, rows))];
}

describe('a predicate that cannot be a CHECK', () => {
  test.each([
    ['a subquery', 'email in (select email from bots)', 'its predicate has a subquery'],
    ['now()', "email like '%@example.com' and born < now()", 'its predicate has now()'],
    [
      'a cast that depends on settings',
      "email like '%@example.com' and born::text < '2021'",
      'functions in index predicate must be marked IMMUTABLE',
    ],
    ['a stable function of the application', 'is_demo(email)', 'is_demo(text) is stable'],
  ])(
    'because of %s is refused by plan and up, which offer the trigger',
    async (_, predicate, why) => {
      const [database, bench] = await scene(`rows('people', sql\`${predicate}\`)`);
      const [planned] = (await bench.plan()).migrations;
      expect(planned).toMatchObject({ guards: [], steps: [{ kind: 'purge' }] });
      expect(planned?.refusals).toMatchObject([
        {
          code: 'HYG_REFUSED_GUARD',
          message: expect.stringContaining(why),
          hint: expect.stringContaining("guard: { as: 'trigger' }"),
        },
      ]);
      expect(await bench.upError()).toMatchObject({ code: 'HYG_REFUSED_GUARD', exitCode: 7 });
      expect(await countOf(database, 'people')).toBe(4);
      expect(await guardConstraints(database)).toEqual([]);
      expect(await events(database)).toEqual(['started', 'failed HYG_REFUSED_GUARD']);
    },
  );

  test('is said on the command line, with the line that would allow it', async () => {
    const [database, bench] = await scene("rows('people', sql`email in (select email from bots)`)");
    const { code, stdout } = await runCli(['plan'], {
      cwd: bench.directory,
      variables: { DATABASE_URL: database.url },
    });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'error HYG_REFUSED_GUARD: The seed guard of people cannot be a CHECK: its predicate has a subquery.',
    );
    expect(stdout).toContain("Make it a trigger: guard: { as: 'trigger' }");
  });

  test('is told from a protected set that cannot be one', async () => {
    const [, bench] = await scene("rows('people', sql`email like '%@example.com'`)");
    bench.write(
      'config.ts',
      `import { defineConfig, rows, sql } from 'pg-hygiene';
       export default defineConfig({ protect: [rows('people', sql\`born > now()\`)] });`,
    );
    expect(await bench.upError()).toMatchObject({
      code: 'HYG_REFUSED_GUARD',
      message: expect.stringContaining('a protected set of hygiene/config is not fit for one'),
    });
  });

  test('in batches refuses before the first batch', async () => {
    const [database, bench] = await scene("rows('people', sql`email in (select email from bots)`)");
    bench.write(
      `${ID}.ts`,
      purgePeople('guard: true', "rows('people', sql`email in (select email from bots)`)").replace(
        '  up: purge',
        "  transaction: 'batched',\n  up: purge",
      ),
    );
    expect(await bench.upError()).toMatchObject({ code: 'HYG_REFUSED_GUARD' });
    expect(await countOf(database, 'people')).toBe(4);
  });

  test('with a name that nobody knows is a bad predicate', async () => {
    const [, bench] = await scene(
      "rows('people', sql`email like '%@example.com'`)",
      'guard: sql`e_mail is null`',
    );
    expect(await bench.upError()).toMatchObject({
      code: 'HYG_PLAN_BAD_PREDICATE',
      message: expect.stringContaining('e_mail'),
    });
  });
});

test('an immutable function of the application can be in a CHECK', async () => {
  const [database, bench] = await scene("rows('people', sql`is_demo_for_sure(email)`)");
  evidenceOf(await bench.up());
  const insert = "insert into people (email) values ('c@example.com')";
  expect(await refusal((text) => database.execute(text), insert)).toMatchObject({
    constraint: GUARD,
  });
  expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
});

describe('as a trigger', () => {
  test.each([
    ['a subquery', 'email in (select email from bots)'],
    ['now()', "email like '%@example.com' and born < now()"],
    ['a stable function', 'is_demo(email)'],
  ])(
    '%s guards, also for a role that may not read what it reads, and for replicas',
    async (_, predicate) => {
      const [database, bench] = await scene(
        `rows('people', sql\`${predicate}\`)`,
        "guard: { as: 'trigger' }",
      );
      evidenceOf(await bench.up());
      const role = `writer_${database.name}`;
      await database.execute(`
      create role ${role};
      grant insert, select on people to ${role};
    `);
      const session = await database.connect();
      const run = (text: string): Promise<unknown> => session.query(text);
      const insert = "insert into people (email) values ('a@example.com')";
      await session.query(`set role ${role}`);
      expect(await refusal(run, insert)).toEqual({ code: '23514', constraint: GUARD });
      expect(await refusal(run, "insert into people (email) values ('z@corp.test')")).toBeNull();
      await session.query('reset role');
      await session.query("set session_replication_role = 'replica'");
      expect(await refusal(run, insert)).toEqual({ code: '23514', constraint: GUARD });
      await database.execute(`drop owned by ${role}; drop role ${role}`);
    },
  );
});
