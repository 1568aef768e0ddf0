import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const database = useDatabase('sample.sql');
const root = join(import.meta.dirname, '../..');

test('the sample application is cleaned on PostgreSQL, with rows of every step on record', async () => {
  const logs = createProject();
  const variables = { DATABASE_URL: database.url, HYGIENE_LOG_DIR: logs, HYGIENE_JSON: '1' };
  const run = (...argv: string[]): ReturnType<typeof runCli> =>
    runCli(argv, { cwd: root, variables });

  const applied = await run('up');
  expect(applied.stderr).toBe('');
  expect(applied.json()).toMatchObject({
    outcome: 'applied',
    totals: { removed: 1324, changed: 306 },
    migrations: [
      { irreversible: null, tables: { length: 5 } },
      { tables: [{ table: 'reports', removed: 0, changed: 6 }] },
      { irreversible: expect.any(String), tables: [{ table: 'live_sessions', removed: 24 }] },
    ],
  });
  expect((await run('up')).json()).toMatchObject({ outcome: 'nothing to do' });
  expect((await run('verify')).json()).toMatchObject({ outcome: 'passed', totals: { checks: 3 } });

  const [left] = await database.query(`
    select (select count(*)::int from users) as users,
           (select count(*)::int from admins) as admins,
           (select count(*)::int from live_sessions) as live_sessions,
           (select count(*)::int from payments) as payments,
           (select count(*)::int from payments where user_id is null) as payments_of_nobody,
           (select count(*)::int from subscriptions) as subscriptions,
           (select count(*)::int from reports where title = 'Usage report') as reports
  `);
  expect(left).toEqual({
    users: 20,
    admins: 1,
    live_sessions: 16,
    payments: 320,
    payments_of_nobody: 300,
    subscriptions: 20,
    reports: 6,
  });
});
