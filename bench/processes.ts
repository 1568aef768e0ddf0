import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Workbench } from '../test/engine/workbench.ts';
import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { type Figure, interleaved } from './measure.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORTER = fileURLToPath(new URL('./report-memory.mjs', import.meta.url));
const BIN = join(ROOT, 'dist/cli/bin.js');
const MIGRATIONS = 200;
const RUNS = 15;

let isBuilt = false;

/** What is measured is the package as it is now, not as it was built some time ago. */
export function buildOnce(): void {
  if (!isBuilt) execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
  isBuilt = true;
}

/** @returns the most megabytes that a command held; it must end with 0 */
export function heldMegabytes(
  argv: readonly string[],
  { cwd, url }: { readonly cwd: string; readonly url: string },
): number {
  const report = join(cwd, 'memory');
  const { status, stderr } = spawnSync(process.execPath, ['--import', REPORTER, BIN, ...argv], {
    cwd,
    env: { ...process.env, DATABASE_URL: url, MEMORY_REPORT: report },
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`hygiene ${argv.join(' ')} ended with ${String(status)}: ${stderr}`);
  return Number(readFileSync(report, 'utf8')) / 1024;
}

/** Whole processes, from the built package, as a deploy pipeline starts them. */
export async function processFigures(): Promise<readonly Figure[]> {
  buildOnce();
  return [await version(), await nothingPending()];
}

async function version(): Promise<Figure> {
  const { first, second } = await interleaved(
    RUNS,
    () => run([BIN, '--version'], { cwd: ROOT }),
    () => run(['-e', '0'], { cwd: ROOT }),
  );
  return {
    name: 'hygiene --version against node -e 0',
    ours: first,
    reference: second,
    unit: 'ms',
    bar: 1.6,
    kind: 'ratio',
    invalid: null,
  };
}

async function nothingPending(): Promise<Figure> {
  const database = await createDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-bench-'));
  try {
    const bench = await applyAll(database);
    prepareKnex(directory);
    const env = { ...process.env, DATABASE_URL: database.url };
    const knex = [join(ROOT, 'node_modules/knex/bin/cli.js'), 'migrate:latest'];
    await run(knex, { cwd: directory, env });
    const { first, second } = await interleaved(
      RUNS,
      () => run([BIN, 'up'], { cwd: bench.directory, env }),
      () => run(knex, { cwd: directory, env }),
    );
    return {
      name: `up with nothing pending, ${String(MIGRATIONS)} applied, against knex migrate:latest`,
      ours: first,
      reference: second,
      unit: 'ms',
      bar: 0.8,
      kind: 'ratio',
      invalid: null,
    };
  } finally {
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function applyAll(database: TestDatabase): Promise<Workbench> {
  await database.execute('create table users (id bigint primary key, email text)');
  const bench = new Workbench(database.url);
  for (let n = 1; n <= MIGRATIONS; n += 1) {
    bench.write(
      `20260101${clock(n)}_purge_${String(n)}.ts`,
      `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demo = rows('users', sql\`email = 'demo${String(n)}@example.com'\`);
export default defineHygiene({
  description: 'Remove one demo user of the benchmark',
  up: purge(demo, { dependents: {}, budget: { max: 10 } }),
  async verify({ expect }) {
    await expect.none(demo);
  },
});
`,
    );
  }
  const { error } = await bench.up();
  if (error !== null) throw error;
  return bench;
}

/** Seconds since midnight as hhmmss. */
function clock(seconds: number): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(seconds / 3600))}${part(Math.floor(seconds / 60) % 60)}${part(seconds % 60)}`;
}

function prepareKnex(directory: string): void {
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(directory, 'knexfile.js'),
    "export default { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './migrations' } };",
  );
  mkdirSync(join(directory, 'migrations'));
  for (let n = 1; n <= MIGRATIONS; n += 1) {
    const name = `20260101${clock(n)}_nothing_${String(n)}.js`;
    writeFileSync(
      join(directory, 'migrations', name),
      'export const up = (knex) => knex.raw("select 1");\nexport const down = up;\n',
    );
  }
}

/** Milliseconds of one process; it must succeed. */
function run(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<number> {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...argv], {
    ...options,
    encoding: 'utf8',
  });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${String(status)}: ${stderr}`);
  return Promise.resolve(ms);
}
