import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { rawSql } from '../../src/kernel/sql.ts';
import { runCli } from '../support/cli.ts';
import { embeddedIn } from '../support/embedded.ts';
import { createProject } from '../support/project.ts';

test('a scan of the embedded database finds the same', async () => {
  const cwd = createProject();
  const connection = await (await embeddedIn(join(cwd, '.hygiene'))).connect();
  for (const statement of [
    'create table users (id int primary key, email text, name text, password text, created_at timestamptz)',
    `insert into users values
       (1, 'demo@example.com', 'Demo User', 'secret', '2024-01-01 10:00:00.1+00'),
       (2, 'anna.weber@gmx.de', 'Anna Weber', 'k7!Lw-92xQ', '2024-03-05 11:12:13.4+00'),
       (3, 'ornek@brand.com.tr', 'ÖRNEK KULLANICI', 'k8!Lw-92xQ', '2024-04-05 11:12:13.4+00')`,
    'create table notes (id int primary key, user_id int references users, body text)',
    `insert into notes values (1, 1, 'Good morning'), (2, 2, 'Good morning')`,
  ]) {
    await connection.query(rawSql(statement));
  }
  await connection.close();

  const { code, stdout } = await runCli(['scan', '--embedded', '--json'], { cwd });
  expect(code).toBe(0);
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly table: string; readonly pk: number });
  expect(found.map(({ table, pk }) => `${table} ${String(pk)}`)).toEqual([
    'public.users 1',
    'public.users 3',
    'public.notes 1',
  ]);
});
