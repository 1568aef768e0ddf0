import { describe, expect, test } from '@jest/globals';

import { installOperation } from '../../src/app/operations/install.ts';
import { upOperation } from '../../src/app/operations/up.ts';
import type { ProgressReport } from '../../src/kernel/progress.ts';
import { type CliOptions, type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { Gate } from '../engine/gate.ts';
import { migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';

const ID = '20260101000000_purge_demo_users';

interface Held {
  readonly run: Promise<CliRun>;
  readonly gate: Gate;
  /** Resolves with the first text on stderr that has such a part. */
  readonly said: Promise<string>;
}

/** An `up` whose DELETE hangs at a gate, until the test opens it. */
async function heldUp(
  flags: readonly string[],
  wanted: string,
  options: Partial<CliOptions> = {},
): Promise<Held> {
  const database = await freshDatabase('sample.sql');
  const bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
  await installOperation(bench.world(), { ...bench.options(), mark: null });
  const gate = await Gate.closed(database);
  await database.execute(`
    create trigger at_gate before delete on users for each row
      when (old.email = 'demo7@example.com') execute function wait_at_gate()`);
  let hear: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => (hear = resolve));
  const argv = ['up', '--row-lock-timeout', '50', ...flags];
  const run = runCli(argv, {
    cwd: bench.directory,
    variables: { DATABASE_URL: database.url },
    onStderr: (text) => {
      if (text.includes(wanted)) hear(text);
    },
    ...options,
  });
  return { run, gate, said };
}

describe('while one statement hangs', () => {
  test('a line says every 5 s what is at work and for how long', async () => {
    const { run, gate, said } = await heldUp([], 'removing users');
    expect(await said).toMatch(
      /^20260101000000_purge_demo_users {2}\d+(\.\d)? s: removing users, \d+ %, 1,\d{3} of 1,600 rows/,
    );
    await gate.open();
    const { code, stdout } = await run;
    expect(code).toBe(0);
    expect(stdout).not.toContain('removing users');
  });

  test('with --json the same is an event, and stdout stays one document', async () => {
    const { run, gate, said } = await heldUp(['--json'], '"event"');
    await said;
    await gate.open();
    const ended = await run;
    const { code, stderr } = ended;
    expect([code, ended.json()['outcome']]).toEqual([0, 'applied']);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({
      event: 'progress',
      migration: ID,
      phase: 'removing',
      table: 'users',
      rowsTotal: 1600,
      waitingFor: null,
    });
  });

  test('a terminal, even one without a size, shows a bar, which is gone before the result is printed', async () => {
    const options = { stderrIsTty: true, stderrColumns: 0 };
    const { run, gate, said } = await heldUp([], 'removing users', options);
    expect(await said).toMatch(/█+░+\S* {2}\d+ % {2}1,\d{3}\/1,600 rows.* removing users$/);
    await gate.open();
    const { code, stderr } = await run;
    expect(code).toBe(0);
    expect(stderr.endsWith('\u001B[1G\u001B[0K')).toBe(true);
  });

  test('a bar is gone before an error is told', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { run, said, gate } = await heldUp([], 'removing users', { stderrIsTty: true, signal });
    await said;
    controller.abort();
    const { code, stderr } = await run;
    expect(code).toBe(143);
    expect(stderr).toMatch(/removing users[^\n]*\[0Kerror HYG_RUN_CANCELLED/);
    await gate.open();
  });

  test('a short run says nothing on stderr', async () => {
    const database = await freshDatabase('sample.sql');
    const bench = new Workbench(database.url).write(`${ID}.ts`, purgeDemoUsers());
    const variables = { DATABASE_URL: database.url };
    const run = await runCli(['up', '--json'], { cwd: bench.directory, variables });
    expect([run.code, run.stderr]).toEqual([0, '']);
  });
});

describe('what the engine tells', () => {
  async function reportsOf(text: string): Promise<readonly ProgressReport[]> {
    const database = await freshDatabase('sample.sql');
    const bench = new Workbench(database.url).write(`${ID}.ts`, text);
    const reports: ProgressReport[] = [];
    const world = bench.world({ progress: (report) => void reports.push(report) });
    const options = { ...bench.options(), confirm: null, execOrder: 'linear' as const };
    const { error } = await upOperation(world, options);
    expect(error).toBeNull();
    return reports;
  }

  test('is each phase and table in turn, with all rows once they are selected', async () => {
    const reports = await reportsOf(purgeDemoUsers());
    const steps = reports.map(
      ({ phase, table, rowsTotal }) => `${phase} ${String(table)} ${String(rowsTotal)}`,
    );
    expect([...new Set(steps)]).toEqual([
      'selecting null null',
      'selecting users null',
      'selecting live_sessions null',
      'selecting subscriptions null',
      'selecting reports null',
      'selecting payments null',
      'selecting null 1600',
      'archiving users 1600',
      'archiving live_sessions 1600',
      'archiving subscriptions 1600',
      'archiving reports 1600',
      'removing payments 1600',
      'removing live_sessions 1600',
      'removing subscriptions 1600',
      'removing reports 1600',
      'removing users 1600',
      // Newcomers are looked for.
      'selecting payments 1600',
      'proving null 1600',
    ]);
    expect(reports.at(-1)?.rowsDone).toBe(1600);
  });

  test('has no total while a later step is not selected', async () => {
    const reports = await reportsOf(
      migration({
        up: `[purge(rows('live_sessions', sql\`id <= 100\`), { budget: { max: 1000 } }),
              scrub(rows('users', sql\`id <= 20\`), { set: { name: 'X' }, budget: { max: 100 } })]`,
      }),
    );
    const totals = new Map(
      reports.map(({ table, phase, rowsTotal }) => [`${phase} ${String(table)}`, rowsTotal]),
    );
    expect(totals.get('removing live_sessions')).toBeNull();
    expect(totals.get('removing users')).toBe(120);
    expect(reports.at(-1)).toMatchObject({ rowsDone: 120, rowsTotal: 120 });
  });

  test('has no total at all where a function may call for more', async () => {
    const reports = await reportsOf(
      migration({
        up: "async ({ purge }) => { await purge(rows('live_sessions', sql`id <= 100`)); }",
        more: "irreversible: 'a test', budget: { max: 1_000 },",
      }),
    );
    expect(new Set(reports.map(({ rowsTotal }) => rowsTotal))).toEqual(new Set([null]));
    expect(reports.at(-1)?.rowsDone).toBe(100);
  });
});
