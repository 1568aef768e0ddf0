import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, countOf, events } from '../engine/witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { expectRestoreRefused } from './expect-restore.ts';

const ID = '20260101000000_purge';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase('sample.sql');
  bench = new Workbench(database.url);
});

const cli = (line: string): ReturnType<typeof runCli> =>
  runCli(line.split(' '), { cwd: bench.directory, variables: { DATABASE_URL: database.url } });

const expectNotRestorable = (
  says: readonly string[],
  id = ID,
): ReturnType<typeof expectRestoreRefused> =>
  expectRestoreRefused(
    { bench, database, id },
    { code: 'HYG_REFUSED_NOT_RESTORABLE', exit: 7, says },
  );

describe('a restored migration', () => {
  test('is held: two deploys purge nothing, end with 0, and say how to release it', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    const before = await contents(database);
    expect((await cli('up')).code).toBe(0);
    const restored = await cli(`restore ${ID}`);
    expect([restored.code, restored.stdout]).toEqual([
      0,
      expect.stringContaining('The migration is held'),
    ]);
    for (const deploy of ['first', 'second']) {
      const { code, stdout, stderr } = await cli('up');
      expect([deploy, code, stderr]).toEqual([deploy, 0, '']);
      expect(stdout).toContain(`held: ${ID} (its rows were restored)`);
      expect(stdout).toContain(`hygiene reapply ${ID} --reason`);
    }
    expect(await contents(database)).toEqual(before);
    expect(await events(database)).toEqual(['started', 'applied', 'restored']);
    const verified = await cli('verify');
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining(`held: ${ID}`)]);
    expect((await cli('status')).stdout).toContain(`held    ${ID}`);
  });

  test('is applied again after reapply, into the archive of its next generation', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    const purged = await contents(database);
    await bench.restore(ID);
    expect(await bench.reapply(ID, 'it was right after all')).toMatchObject({
      from: 'held',
      generation: 2,
    });
    expect(await contents(database)).not.toEqual(purged);
    evidenceOf(await bench.up());
    expect(await contents(database)).toEqual(purged);
    expect(await countOf(database, 'hygiene_archive."20260101000000_g2_users"')).toBe(300);
    expect(await countOf(database, 'hygiene_archive."20260101000000_g1_users"')).toBe(300);
    expect(
      await database.query("select note, generation from hygiene.ledger where event = 'reapplied'"),
    ).toEqual([{ note: 'it was right after all', generation: 2 }]);
    await bench.restore(ID);
    expect(await countOf(database, 'users')).toBe(320);
    const [told] = await database.query(
      "select what from hygiene.history where event = 'restored' order by seq limit 1",
    );
    expect(told?.['what']).toContain('users: 300 restored, 0 set back');
    expect(told?.['what']).toContain('payments: 0 restored, 300 set back');
  });

  test('is not restored twice', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    await bench.restore(ID);
    await expectNotRestorable([
      'were put back already',
      'it is held',
      `hygiene reapply ${ID} --reason`,
    ]);
  });
});

describe('what cannot be restored is refused in its own words', () => {
  test('a name that nobody knows', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    const error = await bench.restoreError('20990101000000_nothing');
    expect([error.code, error.exitCode]).toEqual(['HYG_LEDGER_UNKNOWN_ID', 2]);
  });

  test('what was never applied, with and without a ledger', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    await expectNotRestorable(['was never applied in this database']);
    evidenceOf(await bench.up());
    const second = '20260102000000_second';
    bench.write(`${second}.ts`, migration({ up: "purge(rows('reports', sql`true`))" }));
    await expectNotRestorable([`${second} was never applied`], second);
  });

  test('what failed and was rolled back', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers({ verify: "await expect.count('admins', 99);" }));
    expect((await bench.upError()).code).toBe('HYG_VERIFY_FAILED');
    await expectNotRestorable(['ended as failed and was rolled back as a whole', 'hygiene up']);
  });

  test('what cannot be undone, with its reason', async () => {
    const up = 'sql`delete from live_sessions where id < 10`';
    bench.write(
      `${ID}.ts`,
      migration({ up, more: "irreversible: 'tokens are of no use', budget: { max: 100 }," }),
    );
    evidenceOf(await bench.up());
    await expectNotRestorable(['cannot be undone: tokens are of no use']);
  });

  test('what declined the archive', async () => {
    bench.write(
      `${ID}.ts`,
      migration({
        up: "purge(rows('live_sessions', sql`id < 10`), { archive: false })",
        more: "irreversible: 'nobody wants them',",
      }),
    );
    evidenceOf(await bench.up());
    await expectNotRestorable(['cannot be undone: nobody wants them']);
  });

  test('what removed nothing', async () => {
    bench.write(`${ID}.ts`, migration({ up: "purge(rows('reports', sql`false`))" }));
    expect((await bench.up()).error).toBeNull();
    await expectNotRestorable(['removed and changed nothing', 'hygiene reapply']);
  });

  test('what was released by reapply and has not run again', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    await bench.reapply(ID);
    await expectNotRestorable(['was not applied again since it was released by reapply']);
  });

  test('an archive table that is gone, and one that kept no hashes', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    await database.execute(`
      update hygiene_archive."20260101000000_g1_payments_mutations" set hygiene_after = null where id = 1`);
    await expectNotRestorable(['kept no hash of what payments was changed to']);
    await database.execute(`
      alter table hygiene_archive."20260101000000_g1_payments_mutations" drop column hygiene_after, drop column hygiene_seq`);
    await expectNotRestorable(['kept no hash of what payments was changed to']);
    await database.execute('drop table hygiene_archive."20260101000000_g1_users"');
    await expectNotRestorable(['of users is gone']);
  });
});

describe('reapply', () => {
  test('releases what was applied, without changing a row', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers());
    evidenceOf(await bench.up());
    const before = await contents(database);
    expect(await bench.reapply(ID)).toMatchObject({ from: 'applied', generation: 2 });
    expect(await contents(database)).toEqual(before);
    expect((await bench.plan()).selected.pending).toEqual([ID]);
  });

  test('is refused for what is pending, and needs a reason', async () => {
    bench.write(`${ID}.ts`, purgeDemoUsers({ verify: "await expect.count('admins', 99);" }));
    await bench.upError();
    const refused = await cli(`reapply ${ID} --reason because`);
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining('HYG_REFUSED_NOT_REAPPLICABLE'),
    ]);
    const unexplained = await cli(`reapply ${ID}`);
    expect([unexplained.code, unexplained.stderr]).toEqual([
      2,
      expect.stringContaining('needs a reason'),
    ]);
    expect(await events(database)).toEqual(['started', 'failed HYG_VERIFY_FAILED']);
  });
});

test('what a killed run has committed in batches goes back, and the run is closed', async () => {
  bench.write(`${ID}.ts`, purgeDemoUsers());
  evidenceOf(await bench.up());
  const before = await countOf(database, 'users');
  // As a run leaves it that was killed between two batches: archives, and no end.
  await database.execute(`
    alter table hygiene.ledger disable trigger user;
    delete from hygiene.ledger where event = 'applied';
    alter table hygiene.ledger enable trigger user`);
  await bench.restore(ID);
  expect(await countOf(database, 'users')).toBe(before + 300);
  expect(await events(database)).toEqual(['started', 'interrupted', 'restored']);
});

test('a full disk while the archive is written rolls everything back, and is recorded', async () => {
  bench.write(`${ID}.ts`, purgeDemoUsers());
  await database.execute(`
    create function full() returns event_trigger language plpgsql as $$
    declare made record;
    begin
      for made in select * from pg_event_trigger_ddl_commands() loop
        if made.object_identity like '%g1_reports%' then
          raise exception 'could not extend file: No space left on device' using errcode = '53100';
        end if;
      end loop;
    end $$;
    create event trigger disk_full on ddl_command_end when tag in ('CREATE TABLE AS') execute function full()`);
  const before = await contents(database);
  const error = await bench.upError();
  expect([error.code, error.details['sqlstate']]).toEqual(['HYG_RUN_SQL', '53100']);
  expect(await contents(database)).toEqual(before);
  expect(await events(database)).toEqual(['started', 'failed HYG_RUN_SQL']);
  expect(await countOf(database, "pg_tables where schemaname = 'hygiene_archive'")).toBe(0);
  expect(await countOf(database, 'hygiene.archives')).toBe(0);
  await database.execute('drop event trigger disk_full');
  evidenceOf(await bench.up());
});
