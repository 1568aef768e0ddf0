import { describe, expect, test } from '@jest/globals';
import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HygieneError } from '../../src/kernel/errors.ts';
import { discoverMigrations, inspectDirectory } from '../../src/runner/discover.ts';
import { nodeFileSystem } from '../../src/runner/file-system.ts';
import { projectFolder } from './project-folder.ts';

const folderOf = (...names: readonly string[]): string =>
  projectFolder(Object.fromEntries(names.map((name) => [name, ''])));
const discover = (dir: string) => discoverMigrations(nodeFileSystem, dir);
const found = (...names: readonly string[]) => discover(folderOf(...names)).map(({ id }) => id);

function refused(...names: readonly string[]): HygieneError {
  const dir = folderOf(...names);
  try {
    discover(dir);
  } catch (error) {
    if (error instanceof HygieneError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the migrations of a directory', () => {
  test('are modules of each kind and SQL pairs, in the order of their versions', () => {
    const dir = folderOf(
      '20260301000000_d.mjs',
      '20260201000000_b.ts',
      '20251231235959_a.js',
      '20260201000001_c.cjs',
      '20260401000000_e.up.sql',
      '20260401000000_e.verify.sql',
    );
    const files = discover(dir);
    expect(files.map(({ id, kind }) => [id, kind])).toEqual([
      ['20251231235959_a', 'module'],
      ['20260201000000_b', 'module'],
      ['20260201000001_c', 'module'],
      ['20260301000000_d', 'module'],
      ['20260401000000_e', 'sql'],
    ]);
    expect(files.at(-1)).toEqual({
      id: '20260401000000_e',
      version: '20260401000000',
      name: 'e',
      kind: 'sql',
      path: join(dir, '20260401000000_e.up.sql'),
      verifyPath: join(dir, '20260401000000_e.verify.sql'),
    });
  });

  test('are none in an empty directory', () => {
    expect(found()).toEqual([]);
  });

  test('do not include what stands beside them or below them', () => {
    const ids = found(
      '20260101000000_a.ts',
      'config.ts',
      'config.mjs',
      'shared-rows.ts',
      'README.md',
      '2026-notes.md',
      '20260101000000_a.d.ts',
      '20260101000000_a.js.map',
      '.20260102000000_swap.ts',
      'schema.sql',
      'logs/20260102000000_b.ts',
      'examples/20260102000000_c.ts',
      '20260103000000_folder.ts/index.ts',
    );
    expect(ids).toEqual(['20260101000000_a']);
  });

  test('may be links, as in a mounted Kubernetes volume', () => {
    const dir = folderOf('..data/20260101000000_a.ts');
    symlinkSync('..data/20260101000000_a.ts', join(dir, '20260101000000_a.ts'));
    mkdirSync(join(dir, 'real'));
    symlinkSync('real', join(dir, '20260102000000_link_to_folder.ts'));
    expect(discover(dir).map(({ id }) => id)).toEqual(['20260101000000_a']);
  });

  test('include a link that leads nowhere, so that loading tells it', () => {
    const dir = folderOf();
    symlinkSync('gone.ts', join(dir, '20260101000000_a.ts'));
    expect(discover(dir).map(({ path }) => basename(path))).toEqual(['20260101000000_a.ts']);
  });
});

describe('a name that is almost right is refused', () => {
  test.each([
    ['hyphens', '20260112090000-purge-demo.ts', '20260112090000_purge_demo.ts'],
    ['capitals', '20260112090000_PurgeDemo.ts', '20260112090000_purge_demo.ts'],
    ['a date without time', '20260112_purge.js', '20260112000000_purge.js'],
    ['the form of umzug', '2026.01.12T09.00.00.purge-demo.mjs', '20260112090000_purge_demo.mjs'],
    ['an ending that is not loaded', '20260112090000_purge.mts', '20260112090000_purge.ts'],
    ['SQL without its part', '20260112090000_purge.sql', '20260112090000_purge.up.sql'],
    ['an ending in capitals', '20260112090000_purge.TS', '20260112090000_purge.ts'],
    ['a test file', '20260112090000_purge.test.ts', '20260112090000_purge_test.ts'],
  ])('because of %s', (_, name, better) => {
    const error = refused(name);
    expect(error.code).toBe('HYG_LOAD_BAD_NAME');
    expect(error.message).toContain(name);
    expect(error.hint).toContain(better);
  });

  test.each(['1_purge.ts', '20260112.ts', '7.up.sql'])('without a proposal for %s', (name) => {
    expect(refused(name)).toMatchObject({ code: 'HYG_LOAD_BAD_NAME' });
    expect(refused(name).hint).toMatch(/^Rename it, or/);
  });

  test.each([
    ['month 13', '20261301000000_a.ts'],
    ['31 February', '20260231000000_a.ts'],
    ['29 February 2026', '20260229000000_a.up.sql'],
    ['hour 24', '20260101240000_a.js'],
    ['minute 60', '20260101006000_a.mjs'],
    ['year 26', '00260101000000_a.ts'],
  ])('because there is no %s', (_, name) => {
    const error = refused(name);
    expect(error.code).toBe('HYG_LOAD_BAD_NAME');
    expect(error.message).toContain('is no date and time');
  });

  test('but a leap day is a day', () => {
    expect(found('20280229235959_a.ts')).toEqual(['20280229235959_a']);
  });
});

describe('two files of one version are refused', () => {
  test.each([
    ['two names', ['20260101000000_a.ts', '20260101000000_b.ts']],
    ['source and build output', ['20260101000000_a.js', '20260101000000_a.ts']],
    ['module and SQL', ['20260101000000_a.ts', '20260101000000_a.up.sql']],
    [
      'module and whole pair',
      ['20260101000000_a.cjs', '20260101000000_a.up.sql', '20260101000000_a.verify.sql'],
    ],
    ['pairs of two names', ['20260101000000_a.up.sql', '20260101000000_b.verify.sql']],
  ])('as %s', (_, names) => {
    const error = refused(...names);
    expect(error.code).toBe('HYG_LOAD_DUPLICATE');
    expect(error.exitCode).toBe(5);
    expect(error.details['files']).toEqual(names);
    expect(error.message).toContain(names.join(' and '));
  });
});

test.each([
  ['20260101000000_a.up.sql', '20260101000000_a.verify.sql'],
  ['20260101000000_a.verify.sql', '20260101000000_a.up.sql'],
])('half of an SQL pair is refused: %s alone', (name, missing) => {
  const error = refused(name);
  expect(error.code).toBe('HYG_LOAD_INCOMPLETE_PAIR');
  expect(error.message).toBe(`${name} has no ${missing} beside it`);
});

test('all wrong names are told at once', () => {
  const names = ['1_a.ts', '20260101000000_b.up.sql', '20260102000000_c.js', '20260102000000_d.js'];
  expect(refused(...names).message.split('\n')).toHaveLength(3);
  const { problems, files } = inspectDirectory(
    nodeFileSystem,
    folderOf('20260103000000_e.ts', ...names),
  );
  expect(problems.map(({ code }) => code)).toEqual([
    'HYG_LOAD_BAD_NAME',
    'HYG_LOAD_INCOMPLETE_PAIR',
    'HYG_LOAD_DUPLICATE',
  ]);
  expect(files.map(({ id }) => id)).toEqual(['20260103000000_e']);
});

test.each([
  ['is missing', (dir: string) => join(dir, 'nowhere')],
  ['is a file', (dir: string) => join(dir, 'config.ts')],
])('a directory that %s is told with the ways out', (_, pathIn) => {
  const dir = pathIn(folderOf('config.ts'));
  expect(() => discover(dir)).toThrow(
    expect.objectContaining({
      code: 'HYG_LOAD_NO_DIRECTORY',
      message: `There is no migrations directory ${dir}`,
      hint: expect.stringMatching(/hygiene init.*--dir/),
    }),
  );
});
