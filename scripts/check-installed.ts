/** Installs the packed package into empty projects, and uses it as others would. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MEGABYTE = 1_000_000;
/** Without the embedded database. */
const LARGEST_MB = 40;

const MIGRATION = `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const old = rows('users', sql\`true\`);
export default defineHygiene({ description: 'All of them', up: purge(old), verify: ({ expect }) => expect.none(old) });
`;

const CONSUMER = `import { defineConfig, defineHygiene, purge, rows, sql, type HygieneConfig } from 'pg-hygiene';
const config: HygieneConfig = { protect: [rows('admins', sql\`true\`)], environments: { production: { confirm: true,
  allowedHours: { from: '01:00', to: '05:00', timeZone: 'Europe/Berlin', days: ['mon'] }, smoke: [{ name: 'x', sql: sql\`select true\` }] } } };
export const made = [defineConfig(config), defineHygiene({ description: 'x', up: purge(rows('users', sql\`true\`)), verify: async ({ expect }) => { await expect.none(rows('users', sql\`true\`)); } })];
// @ts-expect-error a purge is of rows
purge('users');
`;

/** @param tarball as `npm pack` leaves it */
export function checkInstalled(tarball: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-installed-'));
  try {
    for (const layout of ['hoisted', 'linked']) {
      const project = join(directory, layout);
      install(project, tarball, layout);
      useIt(project);
      console.log(`installed with the ${layout} layout: runs without TypeScript`);
    }
    const project = join(directory, 'hoisted');
    assertSize(join(project, 'node_modules'));
    resolveTypes(project);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `linked` is the layout of pnpm: a package finds what it names itself, and nothing else. */
function install(project: string, tarball: string, layout: string): void {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "somebody", "private": true }');
  const quiet = ['--no-audit', '--no-fund', '--omit=optional', '--ignore-scripts'];
  run('npm', ['install', ...quiet, `--install-strategy=${layout}`, tarball], project);
}

function useIt(project: string): void {
  mkdirSync(join(project, 'hygiene'));
  writeFileSync(join(project, 'hygiene/20260101000000_all.mjs'), MIGRATION);
  writeFileSync(join(project, 'hygiene/20260102000000_all.ts'), MIGRATION);
  run('npx', ['--no-install', 'hygiene', 'lint'], project);
  run('npx', ['--no-install', 'hygiene', 'init'], project);
  run(process.execPath, ['-e', "import('pg-hygiene').then((m) => m.defineConfig({}))"], project);
}

function assertSize(directory: string): void {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  // As it is on disk: a small file takes a whole block.
  const bytes = files
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).blocks * 512, 0);
  const size = bytes / MEGABYTE;
  console.log(`installed without the embedded database: ${size.toFixed(1)} MB`);
  if (size > LARGEST_MB) throw new Error(`more than ${String(LARGEST_MB)} MB`);
}

function resolveTypes(project: string): void {
  writeFileSync(join(project, 'consumer.mts'), CONSUMER);
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(resolve('node_modules/@types/node'), join(project, 'node_modules/@types/node'));
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023'];
  const modules = ['--module', 'nodenext', '--types', 'node', '--skipLibCheck', 'false'];
  const compiler = resolve('node_modules/typescript/bin/tsc');
  run(process.execPath, [compiler, ...strict, ...modules, 'consumer.mts'], project);
  console.log('its types resolve from outside');
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
