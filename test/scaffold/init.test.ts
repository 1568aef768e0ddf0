import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDefinedConfig } from '../../src/authoring/define-config.ts';
import { isHygieneMigration } from '../../src/authoring/define-hygiene.ts';
import { validateDefinition } from '../../src/authoring/validate-definition.ts';
import { initProject } from '../../src/app/scaffold/init.ts';
import { discoverMigrations } from '../../src/runner/discover.ts';
import { nodeFileSystem } from '../../src/runner/file-system.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { defaultExport, importModule } from '../../src/runner/load.ts';
import { projectFolder } from '../runner-files/project-folder.ts';

const importer = createImporter();
const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

function init(dir: string, cwd = dir): Readonly<Record<string, string>> {
  const actions = initProject({ cwd });
  return Object.fromEntries(actions.map(({ path, action }) => [relative(dir, path), action]));
}

const projects: readonly [string, Readonly<Record<string, string>>, string, string][] = [
  ['an ESM project', { 'package.json': '{ "type": "module" }' }, '.', 'mjs'],
  ['a CommonJS project', { 'package.json': '{ "type": "commonjs" }' }, '.', 'mjs'],
  ['a project without type', { 'package.json': '{}' }, '.', 'mjs'],
  [
    'an ESM project with TypeScript',
    { 'package.json': '{ "type": "module" }', 'tsconfig.json': '{}' },
    '.',
    'ts',
  ],
  [
    'a CommonJS project with TypeScript',
    { 'package.json': '{ "devDependencies": { "typescript": "^6" } }' },
    '.',
    'ts',
  ],
  [
    'an npm workspace',
    { 'package.json': '{ "workspaces": ["packages/*"] }', 'packages/api/package.json': '{}' },
    'packages/api',
    'mjs',
  ],
  [
    'a pnpm workspace with one tsconfig',
    {
      'pnpm-workspace.yaml': 'packages: [apps/*]',
      'package.json': '{}',
      'tsconfig.json': '{}',
      'apps/web/package.json': '{ "type": "module" }',
    },
    'apps/web',
    'ts',
  ],
  ['a folder without package.json', { '.git/HEAD': '' }, '.', 'mjs'],
];

describe.each(projects)('in %s', (...[, files, at, kind]) => {
  const setup = () => {
    const top = projectFolder({ '.git/HEAD': '', ...files });
    const dir = join(top, at);
    return { dir, actions: init(dir) };
  };

  test('the config that is written loads', async () => {
    const { dir, actions } = setup();
    expect(actions[`hygiene/config.${kind}`]).toBe('created');
    const config = defaultExport(await importModule(join(dir, `hygiene/config.${kind}`), importer));
    expect(isDefinedConfig(config)).toBe(true);
    expect(config).toMatchObject({ environments: { production: { confirm: true } } });
  });

  test('the example is valid, and never run', async () => {
    const { dir, actions } = setup();
    const name = `hygiene/examples/purge-demo-users.${kind}`;
    expect(actions[name]).toBe('created');
    const example = defaultExport(await importModule(join(dir, name), importer));
    expect(isHygieneMigration(example)).toBe(true);
    expect(() => validateDefinition(example as never, name)).not.toThrow();
    expect(discoverMigrations(nodeFileSystem, join(dir, 'hygiene'))).toEqual([]);
  });

  test('a second run changes nothing and says so', () => {
    const { dir, actions } = setup();
    const texts = Object.keys(actions).map((path) => read(dir, path));
    const again = init(dir);
    expect(Object.keys(again)).toEqual(Object.keys(actions));
    expect(new Set(Object.values(again))).toEqual(new Set(['kept']));
    expect(Object.keys(again).map((path) => read(dir, path))).toEqual(texts);
  });
});

test('the folder of the nearest package.json is prepared, from wherever it is run', () => {
  const dir = projectFolder({ '.git/HEAD': '', 'package.json': '{}', 'src/deep/x.js': '' });
  expect(Object.keys(init(dir, join(dir, 'src/deep')))).toEqual([
    'hygiene/config.mjs',
    'hygiene/examples/purge-demo-users.mjs',
    '.gitignore',
    'package.json',
  ]);
});

test('a package.json outside the repository is not touched', () => {
  const dir = projectFolder({ 'package.json': '{}', 'repo/.git/HEAD': '' });
  init(dir, join(dir, 'repo'));
  expect(read(dir, 'package.json')).toBe('{}');
  expect(existsSync(join(dir, 'repo/hygiene/config.mjs'))).toBe(true);
});

test('a config of another kind is kept', () => {
  const dir = projectFolder({
    '.git/HEAD': '',
    'tsconfig.json': '{}',
    'hygiene/config.js': 'mine',
  });
  expect(init(dir)).toMatchObject({ 'hygiene/config.js': 'kept' });
  expect(read(dir, 'hygiene/config.js')).toBe('mine');
  expect(existsSync(join(dir, 'hygiene/config.ts'))).toBe(false);
});

describe('the lines for git', () => {
  test.each([
    ['fill an empty file', '', '.hygiene/\nhygiene/logs/\n'],
    ['come last', 'dist\n', 'dist\n.hygiene/\nhygiene/logs/\n'],
    ['come in a line of their own', 'dist', 'dist\n.hygiene/\nhygiene/logs/\n'],
    ['end as the others do', 'dist\r\n', 'dist\r\n.hygiene/\r\nhygiene/logs/\r\n'],
    ['are only the missing ones', '/.hygiene\n', '/.hygiene\nhygiene/logs/\n'],
    ['are none when all are there', '.hygiene\n  hygiene/logs  \n', '.hygiene\n  hygiene/logs  \n'],
  ])('%s', (_, before, after) => {
    const dir = projectFolder({ '.git/HEAD': '', '.gitignore': before });
    init(dir);
    expect(read(dir, '.gitignore')).toBe(after);
  });
});

test('the lines for git are a new file where there is none', () => {
  const dir = projectFolder({ '.git/HEAD': '' });
  expect(init(dir)['.gitignore']).toBe('created');
  expect(read(dir, '.gitignore')).toBe('.hygiene/\nhygiene/logs/\n');
});

describe('the npm scripts', () => {
  const added = {
    'hygiene:plan': 'hygiene plan',
    'hygiene:up': 'hygiene up',
    'hygiene:verify': 'hygiene verify',
    'hygiene:status': 'hygiene status',
    'cleanup-production': 'hygiene up',
    'verify-db': 'hygiene check',
  };
  const lines = (indent: string): string =>
    Object.entries(added)
      .map(([name, command]) => `${indent}"${name}": "${command}"`)
      .join(',\n');
  const afterInit = (text: string): string => {
    const dir = projectFolder({ '.git/HEAD': '', 'package.json': text });
    init(dir);
    return read(dir, 'package.json');
  };

  test('leave every other character as it is', () => {
    const text =
      '{\n  "files": ["a", "b"],\n  "scripts": {\n    "test": "jest {}"\n  },\n  "x": {"scripts": {}}\n}\n';
    expect(afterInit(text)).toBe(text.replace('"jest {}"', `"jest {}",\n${lines('    ')}`));
  });

  test('are indented as the file is, without a line end where there is none', () => {
    expect(afterInit('{\n\t"name": "x",\n\t"scripts": {\n\t\t"a": "b"\n\t}\n}')).toBe(
      `{\n\t"name": "x",\n\t"scripts": {\n\t\t"a": "b",\n${lines('\t\t')}\n\t}\n}`,
    );
  });

  test('are put into a section of their own where there is none', () => {
    expect(afterInit('{\n    "name": "x"\n}\n')).toBe(
      `{\n    "name": "x",\n    "scripts": {\n${lines('        ')}\n    }\n}\n`,
    );
  });

  test.each([
    ['an empty file', '{}', {}],
    ['an empty section', '{\n  "scripts": {}\n}', {}],
    ['an empty section over lines', '{\n  "scripts": {\n  }\n}', {}],
    ['one line', '{ "scripts": { "a": "b" }, "z": 1 }', { a: 'b' }],
    [
      'brackets in texts',
      '{\n  "d": "}\\"{ scripts",\n  "scripts": {\n    "a": "echo }"\n  }\n}',
      { a: 'echo }' },
    ],
    ['a script named scripts', '{ "scripts": { "scripts": "x" } }', { scripts: 'x' }],
  ])('fit into %s', (_, text, present) => {
    const result = JSON.parse(afterInit(text)) as { scripts: object };
    expect(result).toEqual({ ...(JSON.parse(text) as object), scripts: { ...present, ...added } });
  });

  test('keep Windows line ends and a byte order mark', () => {
    const text = afterInit('\uFEFF{\r\n  "scripts": {\r\n    "a": "b"\r\n  }\r\n}\r\n');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.startsWith('\uFEFF{\r\n')).toBe(true);
    expect(JSON.parse(text.slice(1))).toEqual({ scripts: { a: 'b', ...added } });
  });

  test('never replace a script that exists', () => {
    const result = JSON.parse(afterInit('{ "scripts": { "hygiene:up": "mine" } }')) as object;
    expect(result).toEqual({ scripts: { ...added, 'hygiene:up': 'mine' } });
  });

  test.each([
    ['no JSON', '{ "name": }', 'not valid JSON'],
    ['a list', '[]', 'holds no object'],
    ['scripts that are a text', '{ "scripts": "x" }', '"scripts" is no object'],
  ])('are refused for %s, before anything is written', (_, text, message) => {
    const dir = projectFolder({ '.git/HEAD': '', 'package.json': text });
    expect(() => init(dir)).toThrow(
      expect.objectContaining({
        code: 'HYG_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
    expect(existsSync(join(dir, 'hygiene'))).toBe(false);
    expect(read(dir, 'package.json')).toBe(text);
  });
});

test('a file that stands where the folder should be is told', () => {
  const dir = projectFolder({ '.git/HEAD': '', hygiene: 'not a folder' });
  expect(() => init(dir)).toThrow(
    expect.objectContaining({ code: 'HYG_USAGE', message: expect.stringContaining('EEXIST') }),
  );
  expect(read(dir, 'hygiene')).toBe('not a folder');
});
