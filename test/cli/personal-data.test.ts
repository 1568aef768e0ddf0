import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const EMAIL = 'ada.lovelace@very-private.io';

const duplicates = `
import { defineHygiene, sql } from 'pg-hygiene';
export default defineHygiene({
  description: 'Give two accounts one address',
  irreversible: 'a test',
  budget: { max: 10 },
  up: sql\`update users set email = (select email from users where id = 1) where id = 2\`,
  async verify({ expect }) {
    await expect.atLeast('users', 1);
  },
});
`;

/** PostgreSQL puts the value into the DETAIL of the error: Key (email)=(…) already exists. */
test('a unique violation leaves its value in no ledger, no log and no document', async () => {
  const database = await freshDatabase('sample.sql');
  await database.query('update users set email = $1 where id = 1', [EMAIL]);
  const cwd = createProject({ migrations: { '20260101000000_duplicates.ts': duplicates } });
  const run = { cwd, variables: { DATABASE_URL: database.url } };

  const text = await runCli(['up', '--log-level', 'debug', '--log-file', 'all.log'], run);
  const document = await runCli(['up', '--json', '--log-level', 'debug'], run);
  expect([text.code, document.code]).toEqual([1, 1]);
  expect(document.json()).toMatchObject({
    error: { code: 'HYG_RUN_SQL', details: { sqlstate: '23505', constraint: 'users_email_key' } },
  });

  const logs = join(cwd, 'hygiene', 'logs');
  const written = [join(cwd, 'all.log'), ...readdirSync(logs).map((name) => join(logs, name))];
  const shown = await runCli(['ledger', 'export'], run);
  const status = await runCli(['status', '--json'], run);
  const places = {
    ledger: JSON.stringify(await database.query('select * from hygiene.ledger')),
    files: written.map((path) => readFileSync(path, 'utf8')).join('\n'),
    printed: [text, document, shown, status]
      .map(({ stdout, stderr }) => stdout + stderr)
      .join('\n'),
  };
  for (const place of Object.values(places)) expect(place).toContain('users_email_key');
  for (const place of Object.values(places)) expect(place).not.toContain(EMAIL);
});
