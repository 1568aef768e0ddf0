import { describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { encodedDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

describe('a scan looks for what the database can hold', () => {
  test.each([
    ['UTF8', 'тест'],
    ['SQL_ASCII', 'тест'],
    ['WIN1251', 'тест'],
    ['KOI8R', 'тест'],
    ['LATIN1', 'Demo User'],
    ['LATIN9', 'Demo User'],
    ['EUC_JP', 'Demo User'],
  ])('in %s', async (encoding, name) => {
    const database = await encodedDatabase(encoding);
    await database.execute(`
      create table people (id int primary key, name text);
      insert into people values (17, '${name}'), (18, 'Grace Hopper'), (19, 'Anna Lee')`);
    const run = { cwd: createProject(), variables: { DATABASE_URL: database.url } };
    const { code, stdout } = await runCli(['scan'], run);
    expect([code, stdout]).toEqual([0, expect.stringContaining('such as id 17\n')]);
    expect(stdout).not.toContain('Not looked at');
  });
});
