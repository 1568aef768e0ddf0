import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

export const ID = '20260112090000_purge_demo_users';

const PURGE_ALL = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demoUsers = rows('users', sql\`email ~* '@example[.](com|org|net)$'\`);
export default defineHygiene({
  description: 'Remove the demo accounts that the old seed script left behind',
  up: purge(demoUsers, { dependents: 'all', budget: { max: 5_000 }, guard: true }),
  async verify({ expect }) {
    await expect.none(demoUsers);
    await expect.unchanged('admins');
  },
});
`;

/** The pages that the sample application declares. */
export const SAMPLE_CONFIG = readFileSync(
  join(import.meta.dirname, '../../hygiene/config.ts'),
  'utf8',
);

export interface Application {
  readonly cwd: string;
  readonly database: TestDatabase;
  run(line: string): ReturnType<typeof runCli>;
}

/** The sample application before its cleanup; nobody but demo users has used it yet. */
export async function demoApplication(config = SAMPLE_CONFIG): Promise<Application> {
  const database = await freshDatabase('sample.sql');
  await database.execute(`
    delete from live_sessions where user_id > 300;
    delete from payments where user_id > 300;
    delete from subscriptions where user_id > 300;
    delete from reports where author_id > 300;
    delete from users where id > 300;
  `);
  const cwd = createProject({ migrations: { [`${ID}.ts`]: PURGE_ALL }, config });
  const variables = { DATABASE_URL: database.url };
  return { cwd, database, run: (line) => runCli(line.split(' '), { cwd, variables }) };
}
