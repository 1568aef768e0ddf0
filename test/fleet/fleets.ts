import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { purgeDemoUsers } from '../engine/workbench.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

export const ID = '20260101000000_purge_demo_users';

/** Databases that are cleaned together, and a queue. */
export interface Fleet {
  readonly cwd: string;
  readonly databases: readonly TestDatabase[];
  readonly queue: TestDatabase;
  readonly run: (line: string, signal?: AbortSignal) => Promise<CliRun>;
  readonly queueStatus: () => Promise<CliRun>;
}

const SCHEMA = `
  create table users (id int primary key, email text);
  insert into users select n, 'demo' || n || '@example.com' from generate_series(1, 5) as n;
  insert into users values (6, 'ada@corp-mail.io');
`;

/** @param size databases, named `app-1` and so on */
export async function fleetOf(size: number): Promise<Fleet> {
  const migration = purgeDemoUsers({
    options: 'budget: { max: 10 }',
    verify: 'await expect.none(demoUsers);',
  });
  const cwd = createProject({ migrations: { [`${ID}.ts`]: migration } });
  const databases: TestDatabase[] = [];
  for (let at = 0; at < size; at += 1) {
    const database = await freshDatabase();
    await database.execute(SCHEMA);
    await database.close();
    databases.push(database);
  }
  const queue = await freshDatabase();
  listTargets(cwd, databases);
  const options = { cwd, variables: { HYGIENE_QUEUE_URL: queue.url } };
  const run = (line: string, signal?: AbortSignal): Promise<CliRun> => {
    const argv = ['fleet', ...line.split(' '), '--targets', 'targets.json'];
    return runCli(argv, { ...options, ...(signal && { signal }) });
  };
  const queueStatus = (): Promise<CliRun> => runCli(['fleet', 'status'], options);
  return { cwd, databases, queue, run, queueStatus };
}

export function nameOf(at: number): string {
  return `app-${String(at + 1).padStart(3, '0')}`;
}

/** @param urls in place of that of the database at that place */
export function listTargets(
  cwd: string,
  databases: readonly TestDatabase[],
  urls: Readonly<Record<number, string>> = {},
): void {
  const targets = databases.map(({ url }, at) => ({ name: nameOf(at), url: urls[at] ?? url }));
  writeFileSync(join(cwd, 'targets.json'), JSON.stringify(targets));
}

/** How many demo users each database still holds. */
export async function leftIn(databases: readonly TestDatabase[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const database of databases) {
    const [row] = await database.query<{ n: number }>(
      "select count(*)::int as n from users where email like '%@example.com'",
    );
    counts.push(row?.n ?? -1);
    await database.close();
  }
  return counts;
}
