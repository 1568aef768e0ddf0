import { beforeAll, describe, expect, test } from '@jest/globals';

import { rolesScript } from '../../src/ledger/ddl.ts';
import { defaultLedgerNames } from '../../src/ledger/names.ts';
import { countOf } from '../engine/witness.ts';
import { purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { installLedger } from '../ledger/installed-ledger.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { asRole, type LoginRole, loginRole } from './login-role.ts';

const ARCHIVE = '20260101000000_g1_users';
const LIST = 'frozen_20260101000000_g1_1';

let database: TestDatabase;
let runner: LoginRole;
let nobody: LoginRole;

beforeAll(async () => {
  database = await freshDatabase('sample.sql');
  const { connection } = await installLedger(database.url);
  await connection.script(rolesScript(defaultLedgerNames));
  await connection.close();
  runner = await loginRole(database);
  nobody = await loginRole(database);
  await database.execute(`
    create schema billing;
    create table billing.invoices (id int primary key, note text);
    grant select on billing.invoices, users to ${runner.name};
    grant hygiene_runner to ${runner.name};
    grant hygiene_reader to ${nobody.name};
  `);
});

async function sqlstateOf(script: string, as = runner): Promise<string> {
  return asRole(as, script).then(
    () => 'done',
    (error: unknown) => (error as { readonly code: string }).code,
  );
}

describe('the functions that make and drop archives', () => {
  test('work with the rights of their owner, on a fixed search_path, and are closed to PUBLIC', async () => {
    const rows = await database.query<{ name: string }>(`
      select p.proname as name
        from pg_proc as p
       where p.pronamespace = 'hygiene'::regnamespace
         and (p.prosecdef or p.proname in ('readable_table', 'share_archive'))
         and pg_get_userbyid(p.proowner) = 'hygiene_owner'
         and p.proconfig = array['search_path=pg_catalog, pg_temp']
         and not exists (select from aclexplode(p.proacl) as a where a.grantee = 0)
       order by 1
    `);
    expect(rows.map(({ name }) => name)).toEqual([
      ...['create_archive', 'create_list', 'drop_archive', 'drop_list'],
      ...['readable_table', 'share_archive'],
    ]);
  });

  test('give their caller a table to fill and to read, which it does not own', async () => {
    await asRole(
      runner,
      `select hygiene.create_archive('users', '${ARCHIVE}', 'rows');
       insert into hygiene_archive."${ARCHIVE}" select * from users limit 3;
       select hygiene.create_list('users', array['id'], '${LIST}');
       insert into hygiene_archive."${LIST}" values (1, 1);`,
    );
    expect(await countOf(database, `hygiene_archive."${ARCHIVE}"`)).toBe(3);
    for (const statement of [
      `update hygiene_archive."${ARCHIVE}" set email = 'x'`,
      `delete from hygiene_archive."${ARCHIVE}"`,
      `drop table hygiene_archive."${ARCHIVE}"`,
      `alter table hygiene_archive."${ARCHIVE}" add column x int`,
    ]) {
      expect([statement, await sqlstateOf(statement)]).toEqual([statement, '42501']);
    }
    await asRole(runner, `select hygiene.drop_archive('${ARCHIVE}'), hygiene.drop_list('${LIST}')`);
    expect(
      await database.query(
        "select relname from pg_class where relnamespace = 'hygiene_archive'::regnamespace",
      ),
    ).toEqual([]);
  });

  test.each([
    [
      'another name than an archive has',
      `hygiene.create_archive('users', 'ledger', 'rows')`,
      '42602',
    ],
    ['no name', `hygiene.create_archive('users', null, 'rows')`, '42602'],
    [
      'a name that PostgreSQL would cut',
      `hygiene.create_archive('users', '${ARCHIVE}${'x'.repeat(60)}', 'rows')`,
      '42602',
    ],
    ['another kind', `hygiene.create_archive('users', '${ARCHIVE}', 'any')`, '22023'],
    [
      'a table that the caller may not read',
      `hygiene.create_archive('admins', '${ARCHIVE}', 'rows')`,
      '42501',
    ],
    ['a view', `hygiene.create_archive('hygiene.status', '${ARCHIVE}', 'rows')`, '42809'],
    [
      'a schema that the owner may not use',
      `hygiene.create_archive((select oid::regclass from pg_class where relname = 'invoices'), '${ARCHIVE}', 'rows')`,
      '42501',
    ],
    [
      'a list with the name of an archive',
      `hygiene.create_list('users', null, '${ARCHIVE}')`,
      '42602',
    ],
    [
      'a column that is none',
      `hygiene.create_list('users', array['id; drop table users'], '${LIST}')`,
      '42703',
    ],
    ['another table to drop', `hygiene.drop_archive('users')`, '42602'],
    ['a list to drop as an archive', `hygiene.drop_archive('${LIST}')`, '42602'],
  ])('refuse %s', async (_, call, sqlstate) => {
    expect(await sqlstateOf(`select ${call}`)).toBe(sqlstate);
  });

  test('ask what the caller may read, not what their owner may', async () => {
    await database.execute('grant select on admins to hygiene_owner');
    const call = `select hygiene.create_archive('admins', '20260101000000_g1_admins', 'rows')`;
    expect(await sqlstateOf(call)).toBe('42501');
    await database.execute(
      `create role narrow; grant narrow to ${runner.name}; grant hygiene_runner to narrow`,
    );
    expect(await sqlstateOf(`set role narrow; ${call.replaceAll('admins', 'users')}`)).toBe(
      '42501',
    );
  });

  test('a name with quotes in it stays a name', async () => {
    const name = `20260101000000_g1_a"; drop table users; --`;
    await asRole(runner, `select hygiene.create_archive('users', '${name}', 'mutations')`);
    expect(
      await database.query(
        `select relname::text as name from pg_class where relname like '%drop table%' and relkind = 'r'`,
      ),
    ).toEqual([{ name }]);
    expect(await countOf(database, 'users')).toBe(320);
    await asRole(runner, `select hygiene.drop_archive('${name}')`);
  });

  test('are for runners only', async () => {
    for (const call of [
      `hygiene.create_archive('users', '${ARCHIVE}', 'rows')`,
      `hygiene.create_list('users', null, '${LIST}')`,
      `hygiene.drop_archive('${ARCHIVE}')`,
      `hygiene.drop_list('${LIST}')`,
    ]) {
      expect([call, await sqlstateOf(`select ${call}`, nobody)]).toEqual([call, '42501']);
    }
  });

  test('a runner told by hygiene which schema the owner of the archive may not use', async () => {
    await database.execute(`
      grant usage on schema billing to ${runner.name};
      grant select, update, delete on billing.invoices to ${runner.name};
      insert into billing.invoices values (1, 'a');
    `);
    const bench = new Workbench(runner.url).write(
      '20260101000000_invoices.ts',
      `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
       const all = rows(['billing', 'invoices'], sql\`true\`);
       export default defineHygiene({
         description: 'Remove invoices',
         up: purge(all),
         async verify({ expect }) { await expect.none(all); },
       });`,
    );
    const error = await bench.upError();
    expect(error).toMatchObject({
      code: 'HYG_REFUSED_PRIVILEGES',
      hint: 'grant usage on schema billing to hygiene_owner;',
    });
    expect(await countOf(database, 'billing.invoices')).toBe(1);
    await database.execute(String(error.hint));
    expect((await bench.up()).error).toBeNull();
    expect(await countOf(database, 'billing.invoices')).toBe(0);
  });
});

test('what a superuser archives belongs to the owner too, and a runner can put it back', async () => {
  const shop = await freshDatabase('sample.sql');
  const bench = new Workbench(shop.url).write('20260101000000_purge.ts', purgeDemoUsers());
  const { connection } = await installLedger(shop.url);
  await connection.script(rolesScript(defaultLedgerNames));
  await connection.close();
  await bench.up();
  const login = await loginRole(shop);
  await shop.execute(`
    grant hygiene_runner to ${login.name};
    grant select, insert, update on all tables in schema public to ${login.name};
  `);
  const theirs = new Workbench(login.url).write('20260101000000_purge.ts', purgeDemoUsers());
  await theirs.restore('20260101000000_purge', { reason: 'a test' });
  expect(await countOf(shop, 'users')).toBe(320);
});
