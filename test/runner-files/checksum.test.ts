import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf, rememberingReader } from '../../src/runner/checksum.ts';
import type { MigrationFile } from '../../src/runner/discover.ts';
import { nodeFileSystem, type ReadText } from '../../src/runner/file-system.ts';
import { addFiles, projectFolder } from './project-folder.ts';

type Files = Readonly<Record<string, string>>;

const fileIn = (dir: string, name = 'a.ts'): MigrationFile => ({
  id: 'a',
  version: '1',
  name: 'a',
  kind: 'module',
  path: join(dir, name),
});
const checksumIn = (dir: string): string => checksumOf(fileIn(dir), nodeFileSystem.readText);
const checksum = (files: Files): string => checksumIn(projectFolder(files));

/** Which files enter the checksum of `a.ts`, in their order. */
function filesOf(files: Files): readonly string[] {
  const dir = projectFolder(files);
  const read: string[] = [];
  const readText: ReadText = (path) => {
    const text = nodeFileSystem.readText(path);
    if (text !== null) read.push(path.slice(dir.length + 1));
    return text;
  };
  checksumOf(fileIn(dir), readText);
  return read;
}

describe('the checksum of one file', () => {
  test('is what sha256sum prints', () => {
    const text = 'export default 1;\n';
    const digest = createHash('sha256').update(text).digest('hex');
    expect(checksum({ 'a.ts': text })).toBe(`sha256:${digest}`);
  });

  test('does not depend on line ends or a byte order mark', () => {
    const expected = checksum({ 'a.ts': 'one\ntwo\n' });
    expect(checksum({ 'a.ts': '\uFEFFone\r\ntwo\r\n' })).toBe(expected);
    expect(checksum({ 'a.ts': 'one\rtwo\r' })).toBe(expected);
  });

  test('depends on every other character', () => {
    expect(checksum({ 'a.ts': 'one\ntwo\n' })).not.toBe(checksum({ 'a.ts': 'one\ntwo' }));
  });
});

describe('a file that is imported counts', () => {
  const shared = { 'shared.ts': 'x' };
  test.each([
    ['import from', `import { x } from './shared.ts';`],
    ['import for its effect', `import './shared.ts';`],
    ['import type', `import type { X } from "./shared.ts";`],
    ['import over several lines', `import {\n  x,\n} from\n  './shared.ts';`],
    ['import without spaces', `import{x}from'./shared.ts'`],
    ['export from', `export * from './shared.ts';`],
    ['import()', `await import('./shared.ts');`],
    ['import() of a template', 'await import(`./shared.ts`);'],
    ['import() with a comment in it', `await import(/* now */ './shared.ts');`],
    ['import() with options', `await import('./shared.ts', { with: {} });`],
    ['require()', `const { x } = require('./shared.ts');`],
    ['require.resolve()', `load(require.resolve('./shared.ts'));`],
    ['import = require()', `import shared = require('./shared.ts');`],
    ['a loader of another name', `createRequire(import.meta.url)('./shared.ts');`],
    ['new URL()', `new URL('./shared.ts', import.meta.url);`],
    ['a query', `import x from './shared.ts?raw';`],
    ['after an apostrophe in a comment', `// don't\nimport './shared.ts'; // it's`],
    ['after a regular expression with a quote', `const q = /'/; import './shared.ts';`],
    ['after a quote that ends before ./', `f('.'./x/.test('./shared.ts'))`],
    ['beside other texts', `f('..', '.', "./none", './shared.ts')`],
  ])('through %s', (_, text) => {
    expect(filesOf({ 'a.ts': text, ...shared })).toEqual(['a.ts', 'shared.ts']);
  });

  test.each([
    ['without extension', './x', 'x.ts'],
    ['as built JavaScript', './x.js', 'x.ts'],
    ['as built ES module', './x.mjs', 'x.mts'],
    ['as built CommonJS', './x.cjs', 'x.cts'],
    ['as JavaScript', './x', 'x.js'],
    ['as ES module', './x', 'x.mjs'],
    ['as CommonJS', './x', 'x.cjs'],
    ['as JSON', './x', 'x.json'],
    ['with its own name first', './x.js', 'x.js'],
    ['as folder', './x', 'x/index.ts'],
    ['as folder with a slash', './x/', 'x/index.js'],
    ['as the folder itself', '.', 'index.ts'],
    ['in a deeper folder', './lib/x.ts', 'lib/x.ts'],
    ['with a dot in its name', './x.rows', 'x.rows.ts'],
    ['as data', './x.csv', 'x.csv'],
  ])('%s', (_, specifier, name) => {
    expect(filesOf({ 'a.ts': `import '${specifier}';`, [name]: 'x' })).toEqual(['a.ts', name]);
  });

  test('with all that it imports itself, each once, also in a circle', () => {
    const files = filesOf({
      'a.ts': `import './b.ts'; import './c.ts';`,
      'b.ts': `import './c.ts'; import './lib/d.ts';`,
      'c.ts': `import './a.ts';`,
      'lib/d.ts': `import '../c.ts'; import '..';`,
      'index.ts': `import './b.ts';`,
    });
    expect(files).toEqual(['a.ts', 'b.ts', 'c.ts', 'lib/d.ts', 'index.ts']);
  });

  test('and a change deep down changes the checksum', () => {
    const dir = projectFolder({
      'a.ts': `import './b.ts';`,
      'b.ts': `import './c.json';`,
      'c.json': '1',
    });
    const before = checksumIn(dir);
    addFiles(dir, { 'c.json': '2' });
    expect(checksumIn(dir)).not.toBe(before);
  });

  test('and text moved from one file to the next changes the checksum', () => {
    const left = checksum({ 'a.ts': `import './b.ts';x`, 'b.ts': '' });
    const right = checksum({ 'a.ts': `import './b.ts';`, 'b.ts': 'x' });
    expect(left).not.toBe(right);
  });
});

describe('what does not count', () => {
  test('is a package, also one that is reached by its path', () => {
    const files = filesOf({
      'a.ts': `import 'lodash'; import './node_modules/lodash/index.js';`,
      'node_modules/lodash/index.js': '',
      'lodash.ts': '',
    });
    expect(files).toEqual(['a.ts']);
  });

  test('is an import that leads nowhere', () => {
    expect(filesOf({ 'a.ts': `// import './gone.ts'\nimport './gone.js';` })).toEqual(['a.ts']);
  });

  test.each([
    ['leads through a file', './d.json/e'],
    ['is longer than a name can be', `./${'x'.repeat(5000)}`],
    ['holds what no name can hold', './a\0b'],
  ])('is a text that %s', (_, text) => {
    expect(filesOf({ 'a.ts': `f('${text}');`, 'd.json': '' })).toEqual(['a.ts']);
  });

  test('is what a data file mentions', () => {
    const files = filesOf({ 'a.ts': `import './d.json';`, 'd.json': `["./e.json"]`, 'e.json': '' });
    expect(files).toEqual(['a.ts', 'd.json']);
  });

  test('is where the project lies', () => {
    const files = { 'in/a.ts': `import '../b.ts';`, 'b.ts': 'x' };
    const [here, there] = [projectFolder(files), projectFolder(files)];
    renameSync(join(there, 'in'), join(there, 'moved'));
    expect(checksumIn(join(there, 'moved'))).toBe(checksumIn(join(here, 'in')));
  });
});

test('both files of an SQL pair count', () => {
  const pair = (up: string, verify: string): string => {
    const dir = projectFolder({ 'a.up.sql': up, 'a.verify.sql': verify });
    const file = { ...fileIn(dir, 'a.up.sql'), verifyPath: join(dir, 'a.verify.sql') };
    return checksumOf(file, nodeFileSystem.readText);
  };
  const all = [pair('x', 'y'), pair('x', 'z'), pair('z', 'y'), pair('xy', ''), pair('', 'xy')];
  expect(new Set(all).size).toBe(5);
  expect(pair('x\r\n', 'y\r\n')).toBe(pair('x\n', 'y\n'));
});

test('a file that many migrations share is read once', () => {
  const dir = projectFolder({
    'a.ts': `import './s.ts';`,
    'b.ts': `import './s.ts';`,
    's.ts': 'x',
  });
  const read: string[] = [];
  const readText = rememberingReader((path) => {
    read.push(path);
    return nodeFileSystem.readText(path);
  });
  const sums = ['a.ts', 'b.ts'].map((name) => checksumOf(fileIn(dir, name), readText));
  expect(sums[0]).toBe(sums[1]);
  expect(read.filter((path) => path.endsWith('/s.ts'))).toHaveLength(1);
});
