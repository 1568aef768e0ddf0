import { describe, expect, test } from '@jest/globals';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HygieneError } from '../../src/kernel/errors.ts';
import { discoverMigrations } from '../../src/runner/discover.ts';
import { nodeFileSystem } from '../../src/runner/file-system.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { type LoadedMigration, loadMigration } from '../../src/runner/load.ts';
import { addFiles, projectFolder } from './project-folder.ts';

const ID = '20260112090000_purge';
const esm = `import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demo = rows('users', sql\`demo\`);
export default defineHygiene({
  description: 'Remove demo accounts',
  up: purge(demo),
  verify: async ({ expect }) => { await expect.none(demo); },
});
`;
const commonJs = esm
  .replace(/^import (.*) from '(.*)';/, "const $1 = require('$2');")
  .replace('export default', 'module.exports =');

const importer = createImporter();

async function load(dir: string): Promise<readonly LoadedMigration[]> {
  const files = discoverMigrations(nodeFileSystem, dir);
  return Promise.all(files.map((file) => loadMigration(file, importer)));
}

async function refused(files: Readonly<Record<string, string>>): Promise<HygieneError> {
  const error: unknown = await load(projectFolder(files)).catch((thrown: unknown) => thrown);
  if (error instanceof HygieneError) return error;
  throw new Error('it was accepted, or something else was thrown', { cause: error });
}

describe('a migration loads', () => {
  const types: readonly [string, Readonly<Record<string, string>>][] = [
    ['ESM', { 'package.json': '{ "type": "module" }' }],
    ['CommonJS', { 'package.json': '{ "type": "commonjs" }' }],
    ['undeclared', { 'package.json': '{}' }],
    ['no', {}],
  ];
  const forms: readonly [string, string, string][] = [
    [
      'TypeScript',
      `${ID}.ts`,
      esm
        .replace('demo =', 'demo: unknown =')
        .replace('up: purge(demo)', 'up: purge(demo as never)'),
    ],
    ['an ES module', `${ID}.mjs`, esm],
    ['a CommonJS module', `${ID}.cjs`, commonJs],
    ['exports.default', `${ID}.cjs`, commonJs.replace('module.exports', 'exports.default')],
    [
      'ES module syntax compiled to CommonJS',
      `${ID}.cjs`,
      `Object.defineProperty(exports, '__esModule', { value: true });\n${commonJs.replace('module.exports', 'exports.default')}`,
    ],
    ['JavaScript in ESM syntax', `${ID}.js`, esm],
    ['JavaScript in CommonJS syntax', `${ID}.js`, commonJs],
  ];
  // Node itself would refuse `require` in a package of type module: nobody can have such a file.
  const cases = types
    .flatMap(([type, files]) =>
      forms.map(([form, name, text]) => ({ type, form, files: { ...files, [name]: text } })),
    )
    .filter(({ type, form }) => !(type === 'ESM' && form === 'JavaScript in CommonJS syntax'));

  test.each(cases)('in a project of $type type from $form', async ({ files }) => {
    const [migration] = await load(projectFolder(files));
    expect(migration).toMatchObject({
      id: ID,
      sqlPair: null,
      definition: {
        description: 'Remove demo accounts',
        up: { kind: 'steps', steps: [{ kind: 'purge', rows: { table: 'users' } }] },
      },
    });
  });

  test('in a workspace, with row sets that it shares with others of any module kind', async () => {
    const dir = projectFolder({
      'package.json': '{ "workspaces": ["packages/*"] }',
      'packages/api/package.json': '{ "type": "module" }',
      [`packages/api/hygiene/${ID}.ts`]: `
        import { defineHygiene, purge } from 'pg-hygiene';
        import { demo } from './shared-rows.js';
        import { verify } from '../../checks/index.cjs';
        export default defineHygiene({ description: 'Remove demo rows', up: purge(demo), verify });`,
      'packages/api/hygiene/shared-rows.ts': `
        import { rows, sql, type RowSet } from 'pg-hygiene';
        export const demo: RowSet = rows('User', sql\`demo\`);`,
      'packages/checks/package.json': '{}',
      'packages/checks/index.cjs': `exports.verify = async ({ expect }) => expect.clean();`,
    });
    const [migration] = await load(join(dir, 'packages/api/hygiene'));
    expect(migration?.definition?.up).toMatchObject({ steps: [{ rows: { table: 'User' } }] });
  });

  test.each([
    ['ts', esm],
    ['mjs', esm],
    ['js', esm],
    ['cjs', commonJs],
  ])('although another version of the package is installed beside it: %s', async (kind, text) => {
    const dir = projectFolder({
      'package.json': '{ "type": "module" }',
      [`${ID}.${kind}`]: text,
      'node_modules/pg-hygiene/package.json': '{ "main": "index.js" }',
      'node_modules/pg-hygiene/index.js': 'throw new Error("the wrong package")',
    });
    expect(await load(dir)).toHaveLength(1);
  });

  test('again after it was edited', async () => {
    const dir = projectFolder({ [`${ID}.mjs`]: esm });
    await load(dir);
    addFiles(dir, { [`${ID}.mjs`]: esm.replace('demo accounts', 'test accounts') });
    const [migration] = await load(dir);
    expect(migration?.definition?.description).toBe('Remove test accounts');
  });

  test('from a folder that cannot be written to, and leaves nothing behind', async () => {
    const dir = projectFolder({ [`${ID}.ts`]: esm });
    chmodSync(dir, 0o555);
    expect(await load(dir)).toHaveLength(1);
    expect(readdirSync(dir)).toEqual([`${ID}.ts`]);
  });

  test('from SQL', async () => {
    const dir = projectFolder({
      [`${ID}.up.sql`]:
        '-- description: Remove logs\n-- irreversible: old\n-- budget: max 5\ndelete from logs where old;',
      [`${ID}.verify.sql`]: 'select 1 from logs where old',
    });
    expect(await load(dir)).toEqual([
      expect.objectContaining({
        id: ID,
        definition: null,
        sqlPair: expect.objectContaining({ description: 'Remove logs', budget: { max: 5 } }),
      }),
    ]);
  });

  test('and is verified by the function that it brings', async () => {
    const [migration] = await load(projectFolder({ [`${ID}.ts`]: esm }));
    const asked: unknown[] = [];
    const check = { none: (target: unknown) => Promise.resolve(asked.push(target)) };
    await migration?.definition?.verify({ expect: check } as never);
    expect(asked).toEqual([expect.objectContaining({ table: 'users' })]);
  });
});

describe('a broken file is told with its place', () => {
  test.each([
    ['a syntax error', 'const a = 1;\n\nconst b = {;\n', ':3:', 'Unexpected token'],
    ['an error while it runs', '\nnull.length;\n', ':2:', 'Cannot read properties of null'],
    ['a missing import', `import './gone.ts';`, '', "Cannot find module './gone.ts'"],
    ['a missing package', `import 'left-pad-of-nobody';`, '', "'left-pad-of-nobody'"],
    ['a name that the package lacks', `import { nope } from 'pg-hygiene';\nnope();`, ':2:', 'nope'],
    ['a text that is thrown', `throw 'just a text';`, '', 'just a text'],
    ['an undefined that is thrown', `throw undefined;`, '', 'undefined'],
    ['an error without message', `throw new Error('');`, ':1:', 'it fails while it is loaded'],
  ])('%s', async (...[, text, position, message]) => {
    const error = await refused({ [`${ID}.ts`]: text });
    expect(error.code).toBe('HYG_LOAD_BROKEN_FILE');
    expect(error.message).toMatch(new RegExp(`^${ID}\\.ts${position}`));
    expect(error.message).toContain(message);
    expect(error.message.split('\n').length).toBeLessThanOrEqual(12);
    expect(error.hint).not.toBeNull();
  });

  test('also when it is a file that it imports', async () => {
    const error = await refused({
      [`${ID}.ts`]: `import './lib/rows.ts';`,
      'lib/rows.ts': '\n\nlet a = ;\n',
    });
    expect(error.message).toMatch(new RegExp(`^${ID}\\.ts, in lib/rows\\.ts:3:\\d+: `));
  });

  test('in few lines, however much the fault prints', async () => {
    const error = await refused({
      [`${ID}.ts`]: `throw new Error(Array.from({ length: 500 }, (_, i) => 'line ' + i).join('\\n'));`,
    });
    expect(error.message.split('\n').length).toBeLessThanOrEqual(12);
  });
});

test('a wrong call is told with file and line', async () => {
  const error = await refused({ [`${ID}.ts`]: esm.replace('sql`demo`', '"demo"') });
  expect(error.code).toBe('HYG_LOAD_INVALID');
  expect(error.message).toMatch(new RegExp(`^${ID}\\.ts:2:\\d+: rows: the predicate is a plain`));
});

test('an incomplete definition is told with its file', async () => {
  const error = await refused({ [`${ID}.ts`]: esm.replace('verify:', 'check:') });
  expect(error.message).toContain(`${ID}.ts:\n- definition: unknown option "check"`);
});

test.each([
  ['nothing', ''],
  ['a named export only', 'export const up = 1;'],
  ['a plain object', `export default { description: 'Remove demo rows' };`],
  ['null', 'export default null;'],
  ['a function in CommonJS', 'module.exports = () => 1;'],
])('a file that exports %s is no migration', async (_, text) => {
  const error = await refused({ [`${ID}.js`]: text });
  expect(error.code).toBe('HYG_LOAD_NOT_A_MIGRATION');
  expect(error.message).toContain(`${ID}.js`);
  expect(error.hint).toContain('module.exports = defineHygiene');
});

test('a verify.sql that went away meanwhile is told', async () => {
  const file = {
    ...{ id: ID, version: '20260112090000', name: 'purge', kind: 'sql' as const },
    path: join(projectFolder({ 'a.up.sql': '' }), 'a.up.sql'),
    verifyPath: '/nowhere/a.verify.sql',
  };
  await expect(loadMigration(file, importer)).rejects.toMatchObject({
    code: 'HYG_LOAD_BROKEN_FILE',
    message: 'a.verify.sql: the file cannot be read',
  });
});
