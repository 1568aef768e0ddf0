import { beforeEach, describe, expect, test } from '@jest/globals';

import { countOf } from '../engine/witness.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { downgradeLedger } from '../support/ledger-before.ts';
import { GUARD, guardConstraints, guardEvents, ID, PEOPLE, purgePeople } from './guarded.ts';

const UNGUARDED = '20260102000000_purge_nobody';
const MATCHING = "insert into people (email) values ('new@example.com')";

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  await database.execute(PEOPLE);
  bench = new Workbench(database.url).write(`${ID}.ts`, purgePeople());
});

const run = (argv: readonly string[]): Promise<CliRun> =>
  runCli(argv, { cwd: bench.directory, variables: { DATABASE_URL: database.url } });
const cli = (line: string): Promise<CliRun> => run(line.split(' '));
const drop = (reason = 'the new sign-up form'): Promise<CliRun> =>
  run(['guard', 'drop', ID, '--reason', reason]);

describe('a guard that somebody else touched', () => {
  test.each([
    ['removed', `alter table people drop constraint ${GUARD}`, 'missing'],
    [
      'altered',
      `alter table people drop constraint ${GUARD};
       alter table people add constraint ${GUARD} check (true)`,
      'altered',
    ],
    [
      'left NOT VALID',
      `alter table people drop constraint ${GUARD};
       alter table people add constraint ${GUARD} check ((email like '%@example.com') is not true) not valid`,
      'not validated',
    ],
    ['dropped with its table', 'drop table people', 'missing'],
  ])('%s is found by verify: exit 4, recorded once', async (_, script, state) => {
    evidenceOf(await bench.up());
    expect((await cli('verify')).code).toBe(0);
    await database.execute(script);
    for (const deploy of ['first', 'second']) {
      const { code, stderr } = await cli('verify');
      expect([deploy, code]).toEqual([deploy, 4]);
      expect(stderr).toContain(
        `error HYG_GUARD_MISSING: 1 seed guard not as hygiene left it:\n  ${GUARD} on people: ${state}`,
      );
    }
    expect(await guardEvents(database)).toEqual([
      'guard_added people',
      'guard_validated people',
      `guard_missing people ${state}`,
    ]);
    expect((await cli('status')).stdout).toContain(`applied, guard missing  ${ID}`);
    const checked = await cli('guard check');
    expect([checked.code, checked.stdout]).toEqual([4, expect.stringContaining(state)]);
  });

  test('comes back by guard add, and up does not bring it back by itself', async () => {
    evidenceOf(await bench.up());
    await database.execute(`alter table people drop constraint ${GUARD}`);
    expect((await cli('guard check')).code).toBe(4);
    expect((await cli('up')).stdout).toContain('Nothing to do');
    expect(await guardConstraints(database)).toEqual([]);
    const added = await cli('guard add');
    expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('in force')]);
    expect(await guardConstraints(database)).toMatchObject([{ name: GUARD, valid: true }]);
    expect((await cli('guard check')).code).toBe(0);
    expect((await cli('guard add')).stdout).toContain('Nothing to do');
  });

  test('and whom the ledger may not be written by is told all the same', async () => {
    evidenceOf(await bench.up());
    await database.execute(`
      alter table people drop constraint ${GUARD};
      alter database "${database.name}" set default_transaction_read_only = on;`);
    expect((await cli('verify')).code).toBe(4);
    expect(await guardEvents(database)).not.toContain('guard_missing people missing');
  });
});

describe('guard drop', () => {
  test('takes it away for good, with the reason; guard add brings it back', async () => {
    evidenceOf(await bench.up());
    const dropped = await drop();
    expect([dropped.code, dropped.stdout]).toEqual([
      0,
      expect.stringContaining(`dropped  ${GUARD} on people  (ledger event 5)`),
    ]);
    expect(
      await database.query("select note from hygiene.ledger where event = 'guard_dropped'"),
    ).toEqual([{ note: 'the new sign-up form' }]);
    await database.execute(MATCHING);
    await database.execute("delete from people where email = 'new@example.com'");
    expect((await cli('status')).stdout).toContain(`applied, guard off  ${ID}`);
    for (const line of ['up', 'verify', 'guard check', 'guard add']) {
      expect([line, (await cli(line)).code]).toEqual([line, 0]);
    }
    expect(await guardConstraints(database)).toEqual([]);

    expect((await cli(`guard add ${ID}`)).stdout).toContain('in force');
    await expect(database.execute(MATCHING)).rejects.toMatchObject({ constraint: GUARD });
  });

  test('removes a trigger with its function', async () => {
    bench.write(`${ID}.ts`, purgePeople("guard: { as: 'trigger' }"));
    evidenceOf(await bench.up());
    expect((await drop()).code).toBe(0);
    await database.execute(MATCHING);
    expect(
      await database.query('select 1 from pg_proc where proname like $1', ['hygiene_guard%']),
    ).toEqual([]);
  });
});

describe('what comes in a wrong state is refused and writes nothing', () => {
  test('guard drop, twice; guard add of a held one', async () => {
    evidenceOf(await bench.up());
    await drop();
    expect((await drop()).stderr).toContain('error HYG_REFUSED_GUARD_STATE: ');
    await bench.restore(ID);
    const added = await cli(`guard add ${ID}`);
    expect([added.code, added.stderr]).toEqual([
      7,
      expect.stringContaining(`HYG_REFUSED_GUARD_STATE: ${ID} is held`),
    ]);
    expect(await guardEvents(database)).toHaveLength(3);
  });

  test('a ledger that is not there has no guards', async () => {
    expect((await cli('guard list')).stdout).toContain('No seed guards.');
    expect((await cli('guard check')).code).toBe(0);
    expect((await cli('guard add')).stdout).toContain('Nothing to do');
  });
});

test('a ledger of the version before is asked to be upgraded before anything runs', async () => {
  evidenceOf(
    await bench
      .write(`${UNGUARDED}.ts`, purgePeople('', "rows('people', sql`false`)"))
      .remove(`${ID}.ts`)
      .up(),
  );
  await downgradeLedger(database);
  bench.write('20260103000000_purge_demo.ts', purgePeople());
  expect(await bench.upError()).toMatchObject({ code: 'HYG_LEDGER_OUTDATED' });
  expect(await countOf(database, 'people')).toBe(4);
});

describe('a restore', () => {
  test('drops the guard in its transaction; reapply and up bring it back for the next generation', async () => {
    evidenceOf(await bench.up());
    const restored = await cli(`restore ${ID}`);
    expect([restored.code, restored.stdout]).toEqual([
      0,
      expect.stringContaining(`guard: ${GUARD} was dropped: it would refuse these rows`),
    ]);
    expect(await countOf(database, 'people')).toBe(4);
    expect(await guardConstraints(database)).toEqual([]);
    expect((await guardEvents(database)).slice(2)).toEqual(['guard_dropped people']);
    const [row] = await database.query(
      'select count(distinct xmin::text)::int as n from hygiene.ledger where seq > 4',
    );
    expect(row).toEqual({ n: 1 });
    await database.execute(MATCHING);
    for (const line of ['up', 'verify', 'guard check']) {
      expect([line, (await cli(line)).code]).toEqual([line, 0]);
    }
    expect((await cli('guard list')).stdout).toMatch(/CHECK +off +20260101000000_purge_demo/);

    await bench.reapply(ID);
    evidenceOf(await bench.up());
    await expect(database.execute(MATCHING)).rejects.toMatchObject({ constraint: GUARD });
    const kept = await database.query(
      'select generation, guard_name from hygiene.guards order by 1',
    );
    expect(kept).toEqual([1, 2].map((generation) => ({ generation, guard_name: GUARD })));
  });

  test('that is only tried leaves it where it is', async () => {
    evidenceOf(await bench.up());
    expect((await cli(`restore ${ID} --dry-run`)).code).toBe(0);
    expect(await guardConstraints(database)).toMatchObject([{ name: GUARD, valid: true }]);
    expect((await cli('guard check')).code).toBe(0);
  });
});

test('every action has its document', async () => {
  const documentOf = async (line: string): Promise<Record<string, unknown>> =>
    (await cli(`${line} --json`)).json();
  const guard = { migration: ID, name: GUARD, table: 'people', form: 'check' };
  expect(await documentOf('plan')).toMatchObject({
    migrations: [{ guards: [{ name: GUARD, table: 'people', form: 'check' }] }],
  });
  expect(await documentOf('up')).toMatchObject({
    migrations: [{ guards: [{ ...guard, state: 'validated', why: null, event: { seq: 4 } }] }],
    guards: [],
  });
  expect(await documentOf('status')).toMatchObject({ migrations: [{ guard: null }] });
  const listed = { guards: [{ ...guard, generation: 1, state: 'present', broken: false }] };
  expect(await documentOf('guard')).toMatchObject({ outcome: 'ok', exitCode: 0, ...listed });
  expect(await documentOf('guard check')).toMatchObject({ outcome: 'passed', ...listed });
  expect(await documentOf('verify')).toMatchObject(listed);
  expect(await documentOf(`guard drop ${ID} --reason x`)).toMatchObject({
    outcome: 'dropped',
    id: ID,
    guards: [{ name: GUARD, event: { seq: 6 } }],
  });
  expect(await documentOf(`guard add ${ID} --print-sql`)).toMatchObject({
    outcome: 'printed',
    scripts: [{ ...guard, sql: expect.stringContaining('not valid;') }],
  });
  expect(await documentOf('guard add')).toMatchObject({ outcome: 'nothing to do', guards: [] });
  expect(await documentOf(`guard add ${ID}`)).toMatchObject({
    outcome: 'added',
    guards: [{ ...guard, state: 'validated' }],
  });
  await database.execute(`alter table people drop constraint ${GUARD}`);
  expect(await documentOf('guard check')).toMatchObject({
    outcome: 'failed',
    exitCode: 4,
    error: { code: 'HYG_GUARD_MISSING' },
    guards: [{ state: 'missing', broken: true }],
  });
});
