import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { purgeDemoUsers } from '../test/engine/workbench.ts';
import { runCli } from '../test/support/cli.ts';
import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { type Figure, timed } from './measure.ts';
import { buildOnce } from './processes.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'dist/cli/bin.js');
const TARGETS = 200;
const WORKERS = 2;

/** Many databases with nothing pending, worked on by processes of their own. */
export async function fleetFigures(): Promise<readonly Figure[]> {
  buildOnce();
  const cwd = projectDirectory();
  const [queue, databases] = [await createDatabase(), await cleanDatabases(cwd)];
  const targets = databases.map(({ name, url }) => ({ name, url }));
  writeFileSync(join(cwd, 'targets.json'), JSON.stringify(targets));
  const variables = { HYGIENE_QUEUE_URL: queue.url };
  await runCli(['fleet', 'enqueue', '--targets', 'targets.json'], { cwd, variables });
  const codes: number[] = [];
  const ours = await timed(() =>
    Promise.all(
      Array.from({ length: WORKERS }, async () => codes.push(await work(cwd, queue.url))),
    ),
  );
  const rows = await queue.query(
    "select from hygiene_fleet.targets where outcome ->> 'state' = 'nothing to do'",
  );
  for (const database of [...databases, queue]) await database.drop();
  rmSync(cwd, { recursive: true, force: true });
  const isWhole = rows.length === TARGETS && codes.every((code) => code === 0);
  return [
    {
      name: `fleet: ${String(TARGETS)} targets with nothing pending, ${String(WORKERS)} workers`,
      ...{ ours, reference: null, unit: 'ms', bar: 30_000, kind: 'absolute' },
      invalid: isWhole ? null : `${String(rows.length)} targets were looked at`,
    },
  ];
}

function projectDirectory(): string {
  const cwd = mkdtempSync(join(tmpdir(), 'hygiene-fleet-'));
  mkdirSync(join(cwd, 'hygiene'));
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules/pg-hygiene'));
  writeFileSync(
    join(cwd, 'hygiene/20260101000000_purge_demo_users.ts'),
    purgeDemoUsers({ options: 'budget: { max: 10 }', verify: 'await expect.none(demoUsers);' }),
  );
  return cwd;
}

async function cleanDatabases(cwd: string): Promise<readonly TestDatabase[]> {
  const first = await createDatabase();
  await first.execute(
    "create table users (id int primary key, email text); insert into users values (1, 'a@example.com')",
  );
  await runCli(['up'], { cwd, variables: { DATABASE_URL: first.url } });
  await first.close();
  const databases = [first];
  while (databases.length < TARGETS) databases.push(await createDatabase({ template: first.name }));
  return databases;
}

async function work(cwd: string, queueUrl: string): Promise<number> {
  const args = [BIN, 'fleet', 'work', '--targets', 'targets.json'];
  const env = { ...process.env, HYGIENE_QUEUE_URL: queueUrl };
  const [code] = (await once(
    spawn(process.execPath, args, { cwd, env, stdio: 'ignore' }),
    'exit',
  )) as [number];
  return code;
}
