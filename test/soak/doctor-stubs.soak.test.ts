import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { examine } from '../../src/doctor/examine.ts';
import { writeChanges } from '../../src/doctor/write-changes.ts';
import { repository } from '../docs/pages.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

const TSX = ['--import', join(repository, 'node_modules/tsx/dist/loader.mjs')];

type Files = Readonly<Record<string, string>>;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Ended {
  const path = process.env['PATH'] ?? '';
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { PATH: path, ...env } });
}

interface Disarmed {
  readonly more?: Files;
  readonly allow?: readonly string[];
}

/** A project whose script runs the file, after `--fix`. */
function disarmed(file: string, text: string, { more = {}, allow = [] }: Disarmed = {}): string {
  const root = createProject({
    files: { 'package.json': `{ "scripts": { "seed": "tsx ${file}" } }`, [file]: text, ...more },
  });
  writeChanges(root, examine(root, allow).changes, { force: true });
  return root;
}

const SAYS_WHY = /^Seeding is refused: .+ Rows that a test needs belong into that test/;
const esm = "import pg from 'pg';\nawait new pg.Client().query('insert');\n";
const cjs = "const pg = require('pg');\nnew pg.Client().query('insert');\n";

describe('whoever runs a seed file is told why not, and gets exit 7', () => {
  const kinds: readonly (readonly [string, string, readonly string[], Files])[] = [
    ['seed.mjs', esm, [], {}],
    ['seed.cjs', cjs, [], {}],
    ['db/seed.js', cjs, [], {}],
    ['db/seed.js', esm, [], { 'db/package.json': '{ "type": "module" }' }],
    [
      'db/seed.js',
      `#!/usr/bin/env node\n'use strict';\n${cjs}module.exports = { seed() {} };\n`,
      [],
      {},
    ],
    ['prisma/seed.ts', esm, TSX, {}],
    ['prisma/seed.ts', `${esm}export const seed = 1;\nexport default seed;\n`, TSX, {}],
    ['prisma/seed.mts', `${esm}export async function main() {}\n`, TSX, {}],
    [
      'prisma/seed.cts',
      "import pg = require('pg');\nvoid new pg.Client().query('insert');\n",
      TSX,
      {},
    ],
  ];

  test.each(kinds)('%s: %j', (...[file, text, loader, more]) => {
    const root = disarmed(file, text, { more });
    const { status, stdout, stderr } = node(root, [...loader, file]);
    expect({ status, stdout }).toEqual({ status: 7, stdout: '' });
    expect(stderr).toMatch(SAYS_WHY);
    const [first = ''] = readFileSync(join(root, file), 'utf8').split('\n');
    expect(first.startsWith('#!')).toBe(text.startsWith('#!'));
  });

  test('a shell script', () => {
    const root = createProject({
      files: {
        Procfile: 'release: sh bin/seed.sh\n',
        'bin/seed.sh': '#!/bin/sh\ncat <<END | load\ninsert into users default values;\nEND\n',
      },
    });
    writeChanges(root, examine(root).changes, { force: true });
    const { status, stderr } = spawnSync('sh', ['bin/seed.sh'], { cwd: root, encoding: 'utf8' });
    expect(status).toBe(7);
    expect(stderr).toMatch(SAYS_WHY);
  });
});

describe('whoever loads a seed file gets what he asks for, and is refused when he calls it', () => {
  test.each([
    [
      'seed.mjs',
      `${esm}export async function seed() {}\nexport default 4;\n`,
      "import all, { seed } from './seed.mjs';",
    ],
    [
      'seed.mjs',
      `${esm}const one = 1, b = 2;\nexport { one as seed, b as default };\n`,
      "import all, { seed } from './seed.mjs';",
    ],
    [
      'seed.cjs',
      `${cjs}exports.seed = async () => {};\n`,
      "const { seed } = require('./seed.cjs');",
    ],
    [
      'seed.cjs',
      `${cjs}module.exports = {\n  up: async () => {},\n  seed: 1,\n};\n`,
      "const { seed, up } = require('./seed.cjs'); up.call;",
    ],
    ['seed.cjs', `${cjs}module.exports = async () => {};\n`, "const seed = require('./seed.cjs');"],
  ])('%s: %j', (file, text, load) => {
    const root = disarmed(file, text);
    const main = `main${file.slice(4)}`;
    writeFileSync(
      join(root, main),
      `${load}\nconsole.log('loaded');\nseed();\nconsole.log('seeded');\n`,
    );
    const { status, stdout, stderr } = node(root, [main]);
    expect({ status, stdout }).toEqual({ status: 7, stdout: 'loaded\n' });
    expect(stderr).toMatch(SAYS_WHY);
  });

  test('knex, with its folder of seeds', () => {
    const root = createProject({
      files: {
        'knexfile.js':
          "module.exports = { client: 'pg', connection: {}, seeds: { directory: './seeds' } };\n",
        'seeds/a.js': 'exports.seed = async (knex) => {\n  await knex("users").insert({});\n};\n',
      },
    });
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    writeChanges(root, examine(root).changes, { force: true });
    const { status, stderr } = node(root, ['node_modules/knex/bin/cli.js', 'seed:run']);
    expect(status).toBe(7);
    expect(stderr).toMatch(SAYS_WHY);
  });
});

/** As it is installed: a package whose command is started with node. */
function install(root: string): void {
  const folder = join(root, 'node_modules/pg-hygiene');
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(repository, 'node_modules/pg'), join(root, 'node_modules/pg'));
  writeFileSync(join(folder, 'package.json'), '{ "bin": { "hygiene": "bin.mjs" } }');
  const [, loader = ''] = TSX;
  writeFileSync(
    join(folder, 'bin.mjs'),
    `import '${loader}';\nawait import('${join(repository, 'src/cli/bin.ts')}');\n`,
  );
}

interface Kept {
  readonly file: string;
  readonly text: string;
  readonly loader: readonly string[];
  readonly original: string;
}

describe('--allow', () => {
  const printing = 'console.log("seeds", ...process.argv.slice(2));';
  const kinds: readonly Kept[] = [
    {
      file: 'seed.mjs',
      text: `import 'pg';\n${printing}\n`,
      loader: [],
      original: 'seed.original.mjs',
    },
    {
      file: 'seed.cjs',
      text: `require('pg');\nif (require.main === module) { ${printing} }\n`,
      loader: [],
      original: 'seed.original.cjs',
    },
    {
      file: 'db/seed.mts',
      text: `import type pg from 'pg';\nexport async function run(): Promise<void> { ${printing} }\nif ((process.argv[1] ?? '').includes('seed')) await run();\n`,
      loader: TSX,
      original: 'db/seed.original.mts',
    },
  ];
  const allow = ['development', 'staging'];
  const keep = ({ file, text, loader, original }: Kept): ((env: Files) => Ended) => {
    const root = disarmed(file, text, { allow });
    expect(readFileSync(join(root, original), 'utf8')).toBe(text);
    expect(readFileSync(join(root, 'package.json'), 'utf8')).toContain(`"tsx ${file}"`);
    install(root);
    return (env) => node(root, [...loader, file, 'a', 'b'], env);
  };

  const mark = async (url: string, name: string): Promise<void> => {
    const variables = { DATABASE_URL: url };
    const { code } = await runCli(['init', '--mark', name], { cwd: createProject(), variables });
    expect(code).toBe(0);
  };

  test.each(kinds.map((each) => [each.original, each] as const))(
    'runs %s where the marker is one of those',
    async (_original, kind) => {
      const { url } = await freshDatabase();
      const run = keep(kind);
      await mark(url, 'development');
      expect(run({ DATABASE_URL: url })).toMatchObject({
        status: 0,
        stdout: 'seeds a b\n',
        stderr: '',
      });
    },
  );

  test('refuses where there is no database, no marker, or another one', async () => {
    const { url } = await freshDatabase();
    const [kind] = kinds as [Kept];
    const run = keep(kind);
    const refused = { status: 7, stdout: '' };
    expect(run({})).toMatchObject(refused);
    expect(run({ DATABASE_URL: url })).toMatchObject(refused);
    await mark(url, 'production');
    const { stderr, ...ended } = run({ DATABASE_URL: url });
    expect(ended).toMatchObject(refused);
    expect(stderr).toContain(
      'It runs only against a database that is marked: development, staging.',
    );
  });

  test('passes what others ask the file for on to the original', async () => {
    const { url } = await freshDatabase();
    const root = disarmed(
      'seed.mjs',
      "import 'pg';\nexport const seed = async (n) => `seeded ${n}`;\nexport default async () => 'all';\n",
      { allow },
    );
    writeFileSync(
      join(root, 'main.mjs'),
      "const { seed, default: all } = await import('./seed.mjs');\nconsole.log(await seed(3), await all());\n",
    );
    install(root);
    await mark(url, 'staging');
    const ended = node(root, ['main.mjs'], { DATABASE_URL: url });
    expect(ended).toMatchObject({ status: 0, stdout: 'seeded 3 all\n' });
  });
});
