import { beforeEach, describe, expect, test } from '@jest/globals';

import { declared } from '../engine/schema-witness.ts';
import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import type { RehearseReport } from '../../src/runner/rehearse.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ID = '20260101000000_purge';
const SECOND = '20260102000000_second';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

/** All relations of our schemas and the temporary ones, but for the ledger's own. */
async function traces(): Promise<readonly unknown[]> {
  return database.query(`
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'hygiene_archive' or c.relname like 'hygiene\\_%'`);
}

/** The tables of the only migration that was rehearsed, with their rows. */
function comparedIn({ results, error }: RehearseReport): readonly unknown[] {
  if (error !== null) throw error;
  const outcome = results[0]?.outcome;
  if (outcome?.kind !== 'rehearsed') throw new Error(`not rehearsed but ${String(outcome?.kind)}`);
  return (outcome.rehearsal.compared ?? []).map(({ table, rows }) => [table, rows]).sort();
}

describe('rehearse', () => {
  test('removes, restores, finds every table as it was, and leaves nothing but the event', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    const before = await contents(database);
    expect(comparedIn(await bench.rehearse())).toEqual([
      ['live_sessions', 640],
      ['payments', 320],
      ['reports', 106],
      ['subscriptions', 320],
      ['users', 320],
    ]);
    expect(await contents(database)).toEqual(before);
    expect(await traces()).toEqual([]);
    expect(await countOf(database, 'hygiene.archives')).toBe(0);
    expect(await events(database)).toEqual(['rehearsed']);
    const [event] = await database.query(
      'select rows, evidence, duration_ms >= 0 as took from hygiene.ledger',
    );
    expect(event).toMatchObject({ evidence: { equal: true }, took: true });
    expect(event?.['rows']).toEqual(
      expect.arrayContaining([expect.objectContaining({ table: 'users', removed: 300 })]),
    );
    evidenceOf(await bench.up());
    expect(await events(database)).toEqual(['rehearsed', 'started', 'applied']);
  });

  test('in the window, of a rewrite, finds rows and schema as they were', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    const before = { rows: await contents(database), schema: await declared(database) };
    const report = await bench.rehearse(null, { window: 'maintenance', strategy: 'rewrite' });
    expect(comparedIn(report)).toHaveLength(5);
    expect({ rows: await contents(database), schema: await declared(database) }).toEqual(before);
    expect(await traces()).toEqual([]);
  });

  test('finds a trigger that alters rows on their way back, and names it', async () => {
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id < 10`))" }));
    await database.execute(`
      alter table reports add column touched text;
      create function touch() returns trigger language plpgsql as $$
      begin
        new.touched := 'restored'; return new;
      end $$;
      create trigger toucher before insert on reports for each row execute function touch()`);
    const { error } = await bench.rehearse();
    expect(error?.code).toBe('HYG_RUN_RESTORE_DIFFERS');
    expect(error?.hint).toContain('toucher on reports');
    expect(await events(database)).toEqual(['rehearsed HYG_RUN_RESTORE_DIFFERS']);
    expect(await traces()).toEqual([]);
  });

  test('a column that the archive cannot bring back is a difference: exit 4', async () => {
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`id < 10`))" }));
    await database.execute(`
      create sequence stamps;
      create function stamp(bigint) returns bigint language sql immutable as 'select nextval(''stamps'')';
      alter table reports add column stamped bigint generated always as (stamp(id)) stored`);
    const before = await contents(database);
    const { error } = await bench.rehearse();
    expect([error?.code, error?.exitCode]).toEqual(['HYG_VERIFY_REHEARSAL', 4]);
    expect(error?.message).toContain('reports: 106 rows, but not with the same content');
    expect(await contents(database)).toEqual(before);
    expect(await events(database)).toEqual(['rehearsed HYG_VERIFY_REHEARSAL']);
  });

  test('what others commit meanwhile is no difference', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    await database.execute(`
      create extension if not exists dblink;
      create function meanwhile() returns trigger language plpgsql as $$
      begin
        perform dblink_exec('dbname=' || current_database() || ' user=postgres password=${new URL(database.url).password} host=127.0.0.1 port=${new URL(database.url).port}',
          'insert into users (email, name) values (''new@corp.io'', ''New'')');
        return null;
      end $$;
      create trigger meanwhile after delete on reports for each statement execute function meanwhile()`);
    expect((await bench.rehearse()).error).toBeNull();
    expect(await countOf(database, "users where email = 'new@corp.io'")).toBe(1);
  });

  test('what cannot be undone is only tried, and it says so', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: 'sql`delete from live_sessions where id < 10`',
        more: "irreversible: 'tokens are of no use', budget: { max: 100 },",
      }),
    );
    const before = await contents(database);
    const { code, stdout } = await runCli(['rehearse'], {
      cwd: bench.directory,
      variables: { DATABASE_URL: database.url },
    });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('only tried, since it cannot be undone: tokens are of no use'),
    ]);
    expect(await contents(database)).toEqual(before);
    const [event] = await database.query('select evidence from hygiene.ledger');
    expect(event).toMatchObject({ evidence: { equal: null } });
  });

  test('takes the one that is named, and goes on after one that is refused', async () => {
    bench
      .write(`${ID}.ts`, purgeDemoUsers({ options: 'budget: { max: 5_000 }' }))
      .write(`${SECOND}.ts`, migration({ up: "purge(rows('reports', sql`id < 10`))" }));
    const one = await bench.rehearse(SECOND);
    expect(one.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
      [SECOND, 'rehearsed'],
    ]);
    const all = await bench.rehearse();
    expect(all.results.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
      [ID, 'failed'],
      [SECOND, 'rehearsed'],
    ]);
    expect(all.error?.code).toBe('HYG_REFUSED_DEPENDENTS');
  });

  test('what is held is rehearsed too, and what is applied is refused', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    await expect(bench.rehearse(ID)).rejects.toMatchObject({ code: 'HYG_REFUSED_NOT_REHEARSABLE' });
    await bench.restore(ID);
    expect((await bench.rehearse(ID)).error).toBeNull();
    expect((await bench.rehearse()).results).toEqual([]);
    expect(await events(database)).toEqual(['started', 'applied', 'restored', 'rehearsed']);
  });
});
