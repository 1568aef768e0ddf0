import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { splitIntoWaves } from '../../src/fleet/waves.ts';
import { runWaves } from '../../src/fleet/run-waves.ts';
import type { TargetOutcome, TargetResult } from '../../src/fleet/outcome.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { fleetOf, ID, leftIn, listTargets, nameOf } from './fleets.ts';

/** Nobody listens there. */
const DOWN = 'postgres://nobody:x@127.0.0.1:9/nothing';

describe('waves', () => {
  test('hold every target once, in its order, the canary first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.nat(5),
        fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 9 })),
        (targets, canary, waveSize) => {
          const waves = splitIntoWaves(targets, { canary, waveSize });
          expect(waves.flat()).toEqual(targets);
          expect(waves.every((wave) => wave.length > 0)).toBe(true);
          const later = waves.slice(Math.min(canary, 1));
          expect(Math.max(0, ...later.map(({ length }) => length))).toBeLessThanOrEqual(
            largest(waveSize),
          );
        },
      ),
    );
  });

  test('give every target a result, and begin no later wave after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (goods, concurrency, goOn) => {
          const targets = goods.map((good, at) => ({ name: String(at), good }));
          const waves = splitIntoWaves(targets, { canary: 1, waveSize: 5 });
          const results = await runWaves({
            ...{ waves, concurrency, goOn, signal: new AbortController().signal },
            run: ({ good }) => Promise.resolve(outcomeOf(good)),
            onResult: () => undefined,
          });
          expect(results.map(({ name }) => name).sort()).toEqual(
            targets.map(({ name }) => name).sort(),
          );
          expect(begunAfterFailure(results, goOn)).toEqual([]);
        },
      ),
    );
  });
});

/** No wave may be larger. */
function largest(waveSize: number | null): number {
  return waveSize ?? Infinity;
}

function outcomeOf(good: boolean): TargetOutcome {
  const facts = { code: null, message: null, applied: 0, removed: 0, changed: 0, durationMs: 0 };
  return { state: good ? 'applied' : 'failed', ...facts };
}

/** Targets of later waves than the first failure that were begun all the same, or left out though they were not to be. */
function begunAfterFailure(results: readonly TargetResult[], goOn: boolean): readonly string[] {
  const failed = results.filter(({ outcome }) => outcome?.state === 'failed');
  const first = Math.min(...failed.map(({ wave }) => wave));
  return results
    .filter(({ wave, outcome }) => (goOn ? outcome === null : wave > first && outcome !== null))
    .map(({ name }) => name);
}

describe('a fleet', () => {
  test('is cleaned wave by wave, each target with a ledger of its own', async () => {
    const { run, databases } = await fleetOf(4);
    const { code, stdout, stderr } = await run('up --wave-size 2 --concurrency 2');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('4 targets: 4 applied.');
    expect(await leftIn(databases)).toEqual([0, 0, 0, 0]);
    expect((await run('up')).stdout).toContain('4 targets: 4 nothing to do.');
    expect((await run('status')).stdout).toContain('4 targets: 0 with something pending');
  });

  test('stops at the canary that fails, names who was not begun, and goes on when that is mended', async () => {
    const { run, databases, cwd } = await fleetOf(3);
    listTargets(cwd, databases, { 0: DOWN });
    const { code, stdout, stderr } = await run('up');
    expect([code, stderr]).toEqual([1, expect.stringContaining('HYG_DB_UNREACHABLE')]);
    expect(stdout).toMatch(/not begun +app-002\nnot begun +app-003/);
    expect(await leftIn(databases)).toEqual([5, 5, 5]);
    expect((await run('status')).stdout).toMatch(/app-001 +\? +\? +\? +\? +HYG_DB_UNREACHABLE/);
    listTargets(cwd, databases);
    expect((await run('up')).code).toBe(0);
    expect(await leftIn(databases)).toEqual([0, 0, 0]);
  });

  test('goes on over a target that is down where that is wanted', async () => {
    const { run, databases, cwd } = await fleetOf(3);
    listTargets(cwd, databases, { 1: DOWN });
    const { code, stdout } = await run('up --on-failure continue --json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'HYG_FLEET_FAILED' } });
    expect(await leftIn(databases)).toEqual([0, 5, 0]);
  });

  test('in production must be counted', async () => {
    const { run, databases } = await fleetOf(2);
    for (const { url } of databases) {
      await runCli(['mark', 'production'], {
        cwd: (await fleetOf(0)).cwd,
        variables: { DATABASE_URL: url },
      });
    }
    expect((await run('up')).stderr).toContain('HYG_REFUSED_CONFIRM');
    expect((await run('up --confirm-targets 3')).code).toBe(7);
    expect((await run('up --confirm-targets 2')).code).toBe(0);
  });

  test('of tenants in one database has a ledger for each schema', async () => {
    const { cwd } = await fleetOf(0);
    const database = await freshDatabase();
    const tenants = ['acme', 'Globex Inc'];
    for (const tenant of tenants) {
      await database.execute(
        `create schema "${tenant}"; create table "${tenant}".users (id int primary key, email text);
         insert into "${tenant}".users values (1, 'demo@example.com'), (2, 'ada@corp-mail.io')`,
      );
    }
    const targets = tenants.map((schema) => ({ url: '${TENANTS}', schema }));
    writeFileSync(join(cwd, 'tenants.json'), JSON.stringify(targets));
    const line = ['fleet', 'up', '--targets', 'tenants.json'];
    const variables = { TENANTS: database.url };
    const { code, stdout } = await runCli(line, { cwd, variables });
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 targets: 2 applied')]);
    const counts = await database.query(
      `select (select count(*)::int from acme.users) as a, (select count(*)::int from "Globex Inc".users) as b,
              (select count(*)::int from hygiene_acme.ledger where migration_id = '${ID}') as events`,
    );
    expect(counts).toEqual([{ a: 1, b: 1, events: 2 }]);
  });

  test.each([
    ['[1]', '0: Invalid input'],
    ['', 'names no target'],
    ['postgres://u@h/d\npostgres://u@h/d', 'two targets named h:5432/d'],
    ['http://x/', 'postgres:'],
    ['postgres://u:${NO_SUCH}@h/d', 'NO_SUCH, which is not set'],
    [JSON.stringify([{ url: 'postgres://u@h/d', schema: 'x'.repeat(60) }]), 'too long'],
  ])('is not made of %j', async (text, says) => {
    const { cwd } = await fleetOf(0);
    writeFileSync(join(cwd, 'list.txt'), text);
    const { code, stderr } = await runCli(['fleet', 'up', '--targets', 'list.txt'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('a queued fleet', () => {
  test('is worked on by two at once, wave by wave, and holds no URL', async () => {
    const { run, databases, queue, queueStatus } = await fleetOf(6);
    expect(await run('enqueue --wave-size 3')).toMatchObject({ code: 0, stderr: '' });
    const workers = await Promise.all([run('work --concurrency 2'), run('work --concurrency 2')]);
    expect(workers.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await leftIn(databases)).toEqual([0, 0, 0, 0, 0, 0]);
    expect((await queueStatus()).stdout).toContain('6 done.');
    const [stored] = await queue.query<{ text: string }>(
      "select coalesce(string_agg(t::text, ''), '') || (select string_agg(j::text, '') from graphile_worker.jobs j) as text from hygiene_fleet.targets t",
    );
    expect(JSON.stringify(stored)).not.toContain('postgres://');
  });

  test('stops after a failure, says which were left, and is taken up again', async () => {
    const { run, databases, cwd } = await fleetOf(4);
    listTargets(cwd, databases, { 1: DOWN });
    await run('enqueue --wave-size 1 --run night');
    const { code, stdout } = await run('work');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/1 done, 1 failed, 2 stopped/)]);
    expect(await leftIn(databases)).toEqual([0, 5, 5, 5]);
    listTargets(cwd, databases);
    await run('enqueue --wave-size 1 --run night');
    expect(await run('work --run night')).toMatchObject({ code: 0 });
    expect(await leftIn(databases)).toEqual([0, 0, 0, 0]);
  });

  test('is not worked on by one who does not know all of its targets', async () => {
    const { run, databases, cwd } = await fleetOf(2);
    await run('enqueue');
    listTargets(cwd, databases.slice(0, 1));
    expect(await run('work')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(nameOf(1)),
    });
    expect(await run('work --run none')).toMatchObject({ code: 2 });
  });
});
