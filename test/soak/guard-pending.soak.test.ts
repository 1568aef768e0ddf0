import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

import { untilTrue } from '../engine/gate.ts';
import { RunnerProcess } from '../engine/runner-process.ts';
import { events } from '../engine/witness.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { GUARD, guardConstraints, guardEvents, ID, PEOPLE, purgePeople } from '../guard/guarded.ts';

let database: TestDatabase;
let bench: Workbench;

const cli = (line: string, url = database.url): Promise<CliRun> =>
  runCli(line.split(' '), { cwd: bench.directory, variables: { DATABASE_URL: url } });

beforeEach(async () => {
  database = await freshDatabase();
  await database.execute(PEOPLE);
  bench = new Workbench(database.url).write(`${ID}.ts`, purgePeople());
});

/** A session that reads the table, and so keeps ALTER TABLE away from it. */
async function reader(): Promise<Client> {
  const session = await database.connect();
  await session.query('begin; lock table people in access share mode');
  return session;
}

describe('a table that other sessions keep locked', () => {
  test('leaves the guard pending: exit 0, said in status, and the next up adds it', async () => {
    const session = await reader();
    const first = await cli('up --row-lock-timeout 0.05');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain(
      `  guard pending: CHECK ${GUARD} on people\n    other sessions kept people locked\n`,
    );
    expect(first.stdout).toContain(`hygiene guard add ${ID} --print-sql`);
    expect(await events(database)).toEqual(['started', 'applied']);
    expect((await cli('status')).stdout).toContain(`applied, guard pending  ${ID}`);
    const verified = await cli('verify');
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining(`guard ${GUARD} on people: pending`),
    ]);

    await session.query('rollback');
    const second = await cli('up');
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toContain(`guard: CHECK ${GUARD} on people: in force`);
    expect(second.stdout).toContain('No migration is pending: 1 migration applied.');
    expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
    expect((await cli('status')).stdout).toContain(`applied  ${ID}`);
    expect((await cli('up')).stdout).toContain('Nothing to do: 1 migration applied');
  });

  test('rows that come meanwhile are told at the end, without their values: exit 4', async () => {
    const session = await reader();
    await bench.up({ rowLockTimeoutMs: 50 });
    await session.query('rollback');
    await database.execute("insert into people (email) values ('secret@example.com')");
    for (const next of ['first', 'second']) {
      const { code, stdout, stderr } = await cli('up');
      expect([next, code]).toEqual([next, 4]);
      expect(stderr).toContain('error HYG_GUARD_VIOLATED: 1 row of people came after the purge');
      expect(stdout + stderr).not.toContain('secret');
    }
    expect(await guardConstraints(database)).toMatchObject([{ name: GUARD, valid: false }]);
    expect(await guardEvents(database)).toEqual(['guard_added people']);
    await expect(
      database.execute("insert into people (email) values ('more@example.com')"),
    ).rejects.toMatchObject({ constraint: GUARD });

    await bench.reapply(ID, 'a seed was still running');
    evidenceOf(await bench.up());
    expect((await guardEvents(database)).slice(1)).toEqual([
      'guard_added people',
      'guard_validated people',
    ]);
    expect(await guardConstraints(database)).toMatchObject([{ name: GUARD, valid: true }]);
  });
});

test('a runner that is killed between purge and guard leaves it to the next up', async () => {
  const session = await reader();
  const runner = new RunnerProcess(['up'], { cwd: bench.directory, url: database.url });
  await untilTrue(
    database,
    `exists (select from pg_stat_activity where datname = current_database()
              and wait_event_type = 'Lock' and query like 'alter table%people%')`,
  );
  runner.kill('SIGKILL');
  expect((await runner.ended()).signal).toBe('SIGKILL');
  expect(await events(database)).toEqual(['started', 'applied']);
  await session.query('rollback');
  const { code, stdout } = await cli('up');
  expect([code, stdout]).toEqual([0, expect.stringContaining('in force')]);
  expect(await events(database)).toEqual(['started', 'applied', 'guard_added', 'guard_validated']);
});

test('an application that goes on writing meets no deadlock, and no row is refused wrongly', async () => {
  await database.execute('create table visits (person int references people)');
  let isOver = false;
  const write = async (number: number): Promise<number> => {
    const session = await database.connect();
    let written = 0;
    while (!isOver) {
      written += 1;
      await session.query('begin');
      await session.query('insert into visits select id from people where name = $1', ['Cleo']);
      const email = `w${String(number)}-${String(written)}@corp.test`;
      await session.query('insert into people (email) values ($1)', [email]);
      await session.query(`update people set name = 'Cleo' where email = 'ceo@corp.test'`);
      await session.query('commit');
    }
    return written;
  };
  const writers = [1, 2, 3].map(write);
  await bench.up();
  await bench.up();
  isOver = true;
  for (const written of await Promise.all(writers)) expect(written).toBeGreaterThan(0);
  expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
  expect((await bench.verify()).guards).toMatchObject([{ state: 'present' }]);
});

describe('a role that does not own the table', () => {
  let role: string;
  let url: string;

  beforeEach(async () => {
    role = `cleaner_${randomBytes(4).toString('hex')}`;
    await database.execute(`
      create role ${role} login password 'secret';
      grant create on database "${database.name}" to ${role};
      grant select, update, delete on people to ${role};`);
    const address = new URL(database.url);
    address.username = role;
    address.password = 'secret';
    url = address.href;
  });

  afterEach(async () => {
    await database.execute(`drop owned by ${role} cascade; drop role ${role}`);
  });

  test.each(['up', 'up --maintenance'])(
    '%s leaves it pending; what the DBA has run by --print-sql is found and recorded',
    async (up) => {
      const { code, stdout } = await cli(up, url);
      expect(code).toBe(0);
      expect(stdout).toContain(
        `  guard pending: CHECK ${GUARD} on people\n    this role does not own people\n`,
      );
      const script = await cli(`guard add ${ID} --print-sql`, url);
      expect(script.code).toBe(0);
      await database.execute(script.stdout);
      expect((await cli('guard list', url)).stdout).toMatch(
        /people +hygiene_guard_\S+ +CHECK +present/,
      );

      const next = await cli('up', url);
      expect([next.code, next.stdout]).toEqual([0, expect.stringContaining('in force')]);
      expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
    },
  );

  test('guard check records what the DBA has added as well', async () => {
    await cli('up', url);
    await database.execute((await cli('guard add --print-sql', url)).stdout);
    expect((await cli('guard check', url)).code).toBe(0);
    expect(await guardEvents(database)).toEqual(['guard_added people', 'guard_validated people']);
    expect((await cli('guard add --print-sql', url)).stdout).toBe(
      '-- Nothing to do: every seed guard is in force, or off.\n',
    );
  });

  test('cannot drop it either: refused with the statement for the owner, and nothing written', async () => {
    await cli('up', url);
    await database.execute((await cli('guard add --print-sql', url)).stdout);
    await cli('up', url);
    const dropped = await cli(`guard drop ${ID} --reason no`, url);
    expect([dropped.code, dropped.stderr]).toEqual([
      7,
      expect.stringContaining('error HYG_REFUSED_PRIVILEGES: This role does not own people'),
    ]);
    expect(dropped.stderr).toContain(
      `alter table "public"."people" drop constraint if exists "${GUARD}";`,
    );
    expect(await guardEvents(database)).toHaveLength(2);
  });

  test('but is a member of the owner goes by that', async () => {
    const owner = `${role}_owner`;
    await database.execute(`
      create role ${owner}; grant all on schema public to ${owner};
      alter table people owner to ${owner}; grant ${owner} to ${role};`);
    expect((await cli('up', url)).stdout).toContain(`guard: CHECK ${GUARD} on people: in force`);
    await database.execute(`drop owned by ${owner} cascade; drop role ${owner}`);
  });
});
