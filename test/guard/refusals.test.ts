import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';

import { evidenceOf, Workbench } from '../engine/workbench.ts';
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

const TRIGGER_STATE = `select tgenabled from pg_trigger where tgname = '${GUARD}'`;

describe.each([
  ['a CHECK', 'guard: true'],
  ['a trigger', "guard: { as: 'trigger' }"],
])('%s that guards', (_, options) => {
  let database: TestDatabase;
  let session: Client;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.execute(PEOPLE);
    const bench = new Workbench(database.url).write(`${ID}.ts`, purgePeople(options));
    evidenceOf(await bench.up());
    session = await database.connect();
  });

  const refused = (statement: string): Promise<unknown> =>
    refusal((text) => session.query(text), statement);

  test('is added and proven after the commit, each as an event', async () => {
    expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
  });

  test.each([
    ['INSERT', `insert into people (email) values ('c@example.com')`],
    [
      'INSERT of many rows of which one matches',
      `insert into people (email) values ('x@corp.test'), ('c@example.com')`,
    ],
    ['INSERT … SELECT', `insert into people (email) select 'd@example.com'`],
    ['UPDATE', `update people set email = 'c@example.com' where name = 'Cleo'`],
    ['COPY', `copy people (email) from program 'echo c@example.com'`],
    [
      'ON CONFLICT DO UPDATE',
      `insert into people (email) values ('ceo@corp.test')
         on conflict (email) do update set email = 'c@example.com'`,
    ],
    [
      'MERGE',
      `merge into people using (values ('ceo@corp.test')) as v (email) on people.email = v.email
         when matched then update set email = 'c@example.com'`,
    ],
  ])('refuses %s, by a name that leads to the migration', async (_name, statement) => {
    expect(await refused(statement)).toEqual({ code: '23514', constraint: GUARD });
  });

  test('refuses what a replica applies', async () => {
    await session.query("set session_replication_role = 'replica'");
    for (const statement of [
      `insert into people (email) values ('c@example.com')`,
      `copy people (email) from program 'echo c@example.com'`,
    ]) {
      expect(await refused(statement)).toEqual({ code: '23514', constraint: GUARD });
    }
    await session.query('reset session_replication_role');
  });

  test('lets everything else in, and rows for which the predicate is NULL', async () => {
    expect(await refused(`insert into people (email) values ('new@corp.test'), (null)`)).toBeNull();
    expect(await refused(`update people set email = null where name = 'Cleo'`)).toBeNull();
  });
});

test('a CHECK refuses a load with all triggers disabled, as pg_restore does it as superuser', async () => {
  const database = await freshDatabase();
  await database.execute(PEOPLE);
  evidenceOf(await new Workbench(database.url).write(`${ID}.ts`, purgePeople()).up());
  const load = `
    alter table people disable trigger all;
    copy people (email, name) from program 'printf "e@corp.test\\tEve\\nf@example.com\\tFay\\n"';
    alter table people enable trigger all;`;
  expect(await refusal((text) => database.execute(text), load)).toEqual({
    code: '23514',
    constraint: GUARD,
  });
  expect(await guardConstraints(database)).toEqual([
    {
      table: 'people',
      name: GUARD,
      valid: true,
      definition: "CHECK (((email ~~ '%@example.com'::text) IS NOT TRUE))",
      comment: expect.stringMatching(
        new RegExp(`^Seed guard of hygiene migration ${ID}: .*hygiene guard drop ${ID} --reason`),
      ),
    },
  ]);
});

test('a trigger that such a load has switched off is found by verify', async () => {
  const database = await freshDatabase();
  await database.execute(PEOPLE);
  const bench = new Workbench(database.url).write(
    `${ID}.ts`,
    purgePeople("guard: { as: 'trigger' }"),
  );
  evidenceOf(await bench.up());
  expect(await database.query(TRIGGER_STATE)).toEqual([{ tgenabled: 'A' }]);
  await database.execute(
    'alter table people disable trigger all; alter table people enable trigger all',
  );
  expect((await bench.verify()).guards).toMatchObject([{ state: 'disabled', isBroken: true }]);
  expect(await guardEvents(database)).toContain('guard_missing people disabled');
});

test('a trigger tells the migration, the table and no value of the row', async () => {
  const database = await freshDatabase();
  await database.execute(PEOPLE);
  evidenceOf(
    await new Workbench(database.url)
      .write(`${ID}.ts`, purgePeople("guard: { as: 'trigger' }"))
      .up(),
  );
  await expect(
    database.execute(`insert into people (email) values ('secret@example.com')`),
  ).rejects.toMatchObject({
    message: `new row for relation people is refused by the seed guard of hygiene migration ${ID}`,
    table: 'people',
    schema: 'public',
    detail: undefined,
  });
});
