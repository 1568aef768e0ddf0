import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents, countOf } from '../engine/witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { expectRestoreRefused } from './expect-restore.ts';

const ID = '20260101000000_purge';

let database: TestDatabase;
let bench: Workbench;

beforeEach(async () => {
  database = await freshDatabase();
  await database.execute(`
    create table admins (id int);
    create table users (id int primary key, email text not null unique, gone boolean);
    create table visits (id int primary key, user_id int not null references users);
    create table clicks (id int primary key, visit int references visits, parent int references clicks);
    create table marks (id int primary key, user_id int references users, note text);
    insert into users select n, 'u' || n || '@x.io', n <= 6 from generate_series(1, 10) n;
    insert into visits select n, n from generate_series(1, 10) n;
    insert into clicks select n, n, nullif(n - 1, 0) from generate_series(1, 6) n;
    insert into marks select n, n, 'note ' || n from generate_series(1, 10) n`);
  bench = new Workbench(database.url).write(
    `${ID}.ts`,
    migration({
      up: `purge(rows('users', sql\`gone\`), { dependents: { visits: 'purge', clicks: 'purge', marks: 'nullify' } })`,
    }),
  );
  evidenceOf(await bench.up());
});

const world = (): Parameters<typeof expectRestoreRefused>[0] => ({ bench, database, id: ID });
const code = 'HYG_REFUSED_RESTORE_CONFLICT';

describe('rows that exist again', () => {
  test('under the same key: which table, how many, which keys; nothing is changed', async () => {
    await database.execute("insert into users values (2, 'new2@x.io'), (4, 'new4@x.io')");
    await expectRestoreRefused(world(), {
      ...{ code, exit: 7 },
      says: [
        'users: 2 archived rows exist again (key 2; 4)',
        `hygiene restore ${ID} --skip-existing`,
      ],
    });
  });

  test('under another unique index: the keys of the archived rows', async () => {
    await database.execute("insert into users values (77, 'u3@x.io')");
    await expectRestoreRefused(world(), {
      ...{ code, exit: 7 },
      says: ['users: 1 archived row exists again (key 3)'],
    });
  });

  test('under a partial index, which only PostgreSQL can judge: told by its name', async () => {
    await database.execute(`
      create unique index one_note on users (lower(email)) where id > 0;
      insert into users values (77, 'U3@X.IO')`);
    await expectRestoreRefused(world(), { ...{ code, exit: 7 }, says: ['one_note'] });
  });

  test('many of them: the first keys, and that there are more', async () => {
    await database.execute("insert into users select n, 'new' || n from generate_series(1, 6) n");
    await expectRestoreRefused(world(), {
      ...{ code, exit: 7 },
      says: ['users: 6 archived rows exist again (key 1; 2; 3; 4; 5, …)'],
    });
  });

  test('with --skip-existing the others go back, with dependents of those that are there again', async () => {
    await database.execute("insert into users values (2, 'new2@x.io')");
    const { tables } = await bench.restore(ID, { skipExisting: true });
    expect(await countOf(database, 'users')).toBe(10);
    expect(await countOf(database, "users where id = 2 and email = 'new2@x.io'")).toBe(1);
    expect(await countOf(database, 'visits where user_id = 2')).toBe(1);
    expect(await countOf(database, 'marks where user_id = id')).toBe(10);
    expect(skipped(tables)).toEqual([['users', 1, ['2']]]);
  });

  test('with --skip-existing the dependents of a row that cannot come back stay too, at every depth', async () => {
    await database.execute("insert into users values (77, 'u3@x.io')");
    const { tables } = await bench.restore(ID, { skipExisting: true });
    expect(await countOf(database, 'users where id <= 6')).toBe(5);
    expect(await countOf(database, 'visits where id <= 6')).toBe(5);
    // Click 3 belongs to the visit, and 4 to 6 hang on click 3.
    expect(await countOf(database, 'clicks')).toBe(2);
    expect(await countOf(database, 'marks where user_id is null')).toBe(1);
    expect(skipped(tables)).toEqual([
      ['clicks', 4, ['3', '4', '5', '6']],
      ['marks', 1, ['3']],
      ['users', 1, ['3']],
      ['visits', 1, ['3']],
    ]);
  });

  test('with --skip-existing and nothing in the way all of it goes back', async () => {
    await bench.restore(ID, { skipExisting: true });
    expect(await countOf(database, 'clicks')).toBe(6);
    expect(await countOf(database, 'marks where user_id = id')).toBe(10);
  });
});

describe('rows that stayed and were changed since', () => {
  test('are a conflict: nothing is changed', async () => {
    await database.execute(
      'update marks set user_id = 9 where id = 2; delete from marks where id = 5',
    );
    await expectRestoreRefused(world(), {
      ...{ code, exit: 7 },
      says: ['marks: 2 rows were changed or removed since (key 2; 5)', '--skip-existing'],
    });
  });

  test('are left as they are with --skip-existing', async () => {
    await database.execute(
      'update marks set user_id = 9 where id = 2; delete from marks where id = 5',
    );
    const { tables } = await bench.restore(ID, { skipExisting: true });
    expect(await countOf(database, 'marks where user_id = id')).toBe(8);
    expect(await countOf(database, 'marks where id = 2 and user_id = 9')).toBe(1);
    expect(skipped(tables)).toEqual([['marks', 2, ['2', '5']]]);
  });

  test('in other columns only keep that change', async () => {
    await database.execute("update marks set note = 'newer' where id = 2");
    await bench.restore(ID);
    expect(await countOf(database, "marks where id = 2 and user_id = 2 and note = 'newer'")).toBe(
      1,
    );
  });

  test('and came under protection: refused', async () => {
    bench.write(
      'config.ts',
      `import { defineConfig, rows, sql } from 'pg-hygiene';
       export default defineConfig({ protect: [rows('marks', sql\`id = 2\`)] });`,
    );
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_REFUSED_PROTECTED', exit: 7 },
      says: ['1 protected row of marks'],
    });
  });
});

describe('triggers', () => {
  const trigger = (body: string, on: string, when: string): Promise<void> =>
    database.execute(`
      create function meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
      create trigger meddler ${when} on ${on} for each row execute function meddle()`);

  test('that alter a restored row are found and named', async () => {
    await trigger("new.email := 'x' || new.email; return new;", 'users', 'before insert');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_RESTORE_DIFFERS', exit: 1 },
      says: ['users: 6 rows went back, but not all with the values', 'meddler on users'],
    });
  });

  test('that swallow a restored row are found and named', async () => {
    await trigger('return case when new.id = 6 then null else new end;', 'clicks', 'before insert');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_RESTORE_DIFFERS', exit: 1 },
      says: ['clicks: 6 rows were to go back, but 5 did', 'meddler on clicks'],
    });
  });

  test('that swallow a row which others of its table reference are named too', async () => {
    await trigger('return case when new.id = 3 then null else new end;', 'clicks', 'before insert');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_RESTORE_DIFFERS', exit: 1 },
      says: ['rows of clicks reference was in the archive', 'meddler on clicks'],
    });
  });

  test('that change a restored row after it was inserted are found and named', async () => {
    await trigger(
      'update users set gone = false where id = new.id; return null;',
      'users',
      'after insert',
    );
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_RESTORE_DIFFERS', exit: 1 },
      says: ['users', '6 rows updated', 'meddler on users'],
    });
  });

  test('that alter a row on its way back to its old values are found and named', async () => {
    await trigger('new.user_id := 9; return new;', 'marks', 'before update');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_RESTORE_DIFFERS', exit: 1 },
      says: ['marks: 6 rows went back, but not all', 'meddler on marks'],
    });
  });

  test('that write to another table are found, unless that is declared', async () => {
    await database.execute('create table audit (id int)');
    await trigger('insert into audit values (new.id); return null;', 'visits', 'after insert');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_UNPLANNED_CHANGE', exit: 1 },
      says: ['The restore changed audit too: 6 rows inserted', "sideEffects: [{ table: 'audit'"],
    });
    bench.write(
      'config.ts',
      `import { defineConfig } from 'pg-hygiene';
       export default defineConfig({ sideEffects: [{ table: 'audit', reason: 'audit of visits' }] });`,
    );
    const { sideEffects } = await bench.restore(ID);
    expect(sideEffects).toEqual([
      { table: 'audit', reason: 'audit of visits', inserted: 6, updated: 0 },
    ]);
  });

  test('that raise are told by name', async () => {
    await trigger("raise exception 'not here'; return new;", 'visits', 'before insert');
    await expectRestoreRefused(world(), {
      ...{ code: 'HYG_RUN_SQL', exit: 1 },
      says: ['visits', 'not here', 'meddler on visits'],
    });
  });
});

test('a dry run does and proves everything, and leaves nothing', async () => {
  const before = await contents(database);
  const { event, tables } = await bench.restore(ID, { dryRun: true });
  expect(event).toBeNull();
  expect(tables.find(({ table }) => table.name.name === 'users')?.restored).toBe(6);
  expect(await contents(database)).toEqual(before);
  expect(await countOf(database, "hygiene.ledger where event = 'restored'")).toBe(0);
});

test('an archive that somebody changed is not put back', async () => {
  await database.execute('delete from hygiene_archive."20260101000000_g1_visits" where id = 1');
  await expectRestoreRefused(world(), {
    ...{ code: 'HYG_REFUSED_NOT_RESTORABLE', exit: 7 },
    says: ['holds 5 rows, but 6 rows were archived'],
  });
});

test('in production the database has to be named, but not for a dry run', async () => {
  const production = await freshDatabase('sample.sql');
  const there = new Workbench(production.url).write(`${ID}.ts`, purgeDemoUsers());
  evidenceOf(await there.up());
  await production.execute(
    "insert into hygiene.environment (environment, identity) values ('production', '{}')",
  );
  await expectRestoreRefused(
    { bench: there, database: production, id: ID },
    {
      code: 'HYG_REFUSED_CONFIRM',
      exit: 7,
      says: [`hygiene restore ${ID} --confirm ${production.name}`],
    },
  );
  expect((await there.restore(ID, { dryRun: true })).event).toBeNull();
  expect((await there.restore(ID, { confirm: production.name })).event).not.toBeNull();
});

function skipped(
  tables: Awaited<ReturnType<Workbench['restore']>>['tables'],
): readonly (readonly [string, number, readonly string[]])[] {
  return tables
    .filter((each) => each.skipped > 0)
    .map(({ table, skipped: rows, skippedKeys }) => [table.name.name, rows, skippedKeys] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
