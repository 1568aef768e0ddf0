import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createMigration } from '../../src/app/scaffold/create.ts';
import { lint } from '../../src/app/lint.ts';
import { discoverMigrations } from '../../src/runner/discover.ts';
import { nodeFileSystem } from '../../src/runner/file-system.ts';
import { createImporter } from '../../src/runner/importer.ts';
import { loadMigration } from '../../src/runner/load.ts';
import { projectFolder } from '../runner-files/project-folder.ts';

const now = new Date('2026-01-12T09:00:00.900Z');
const importer = createImporter();
const input = { name: 'purge demo users', sql: false, now };

describe('a new migration', () => {
  test.each([
    ['TypeScript', { ...input, moduleKind: 'ts' as const }, ['.ts']],
    ['an ES module', { ...input, moduleKind: 'mjs' as const }, ['.mjs']],
    ['SQL', { ...input, sql: true }, ['.up.sql', '.verify.sql']],
  ])('in %s loads and lints as it is', async (_, kind, endings) => {
    const dir = projectFolder();
    const { id, paths } = createMigration({ dir, ...kind });
    expect(id).toBe('20260112090000_purge_demo_users');
    expect(paths).toEqual(endings.map((ending) => join(dir, id + ending)));
    const report = await lint({ fs: nodeFileSystem, dir, importer });
    expect(report).toEqual({ migrations: 1, problems: [], warnings: [] });
  });

  test.each([
    ['a module', false],
    ['SQL', true],
  ])('from %s requires the table that is to be edited, so that it is skipped', async (_, sql) => {
    const dir = projectFolder();
    createMigration({ dir, ...input, sql });
    const [file] = discoverMigrations(nodeFileSystem, dir);
    const loaded = await loadMigration(file as never, importer);
    const said = expect.objectContaining({
      requires: ['edit_this_table'],
      description: expect.stringContaining('Purge demo users'),
    });
    expect([loaded.definition, loaded.sqlPair]).toContainEqual(said);
  });

  test('still loads once table and predicate are edited', async () => {
    const dir = projectFolder();
    const { paths } = createMigration({ dir, ...input });
    const path = String(paths[0]);
    const edited = readFileSync(path, 'utf8')
      .replace('edit_this_table', 'User')
      .replace('edit_this_column', 'role')
      .replace('edit this value', 'demo');
    const other = projectFolder({ [basename(path)]: edited });
    const [file] = discoverMigrations(nodeFileSystem, other);
    const { definition } = await loadMigration(file as never, importer);
    expect(definition?.requires).toEqual(['User']);
    expect(definition?.up).toMatchObject({ steps: [{ rows: { table: 'User' } }] });
  });

  test('comes after the newest one, also when both are made within a second', () => {
    const dir = projectFolder();
    const ids = ['a', 'b', 'c'].map((name) => createMigration({ dir, ...input, name }).id);
    expect(ids).toEqual(['20260112090000_a', '20260112090001_b', '20260112090002_c']);
  });

  test('comes after one whose time is still to come', () => {
    const dir = projectFolder({ '20261231235959_x.up.sql': '', '20261231235959_x.verify.sql': '' });
    expect(createMigration({ dir, ...input, name: 'b' }).id).toBe('20270101000000_b');
  });

  test.each(['purge demo users', 'purge-demo-users', 'purgeDemoUsers', ' Purge  demo/users! '])(
    'has a plain name, however it is asked for: %j',
    (name) => {
      const { id } = createMigration({ dir: projectFolder(), ...input, name });
      expect(id).toBe('20260112090000_purge_demo_users');
    },
  );

  test.each([
    ['a tsconfig above it', { 'tsconfig.json': '{}', 'app/package.json': '{}' }, '.ts'],
    [
      'typescript in its package',
      { 'app/package.json': '{ "devDependencies": { "typescript": "6" } }' },
      '.ts',
    ],
    ['no TypeScript', { 'app/package.json': '{ "type": "module" }' }, '.mjs'],
    ['a tsconfig outside the repository', { 'tsconfig.json': '{}', 'app/.git/HEAD': '' }, '.mjs'],
  ])('follows the project: %s', (_, files, ending) => {
    const dir = join(projectFolder(files), 'app/hygiene');
    mkdirSync(dir, { recursive: true });
    const { id, paths } = createMigration({ dir, ...input });
    expect(paths).toEqual([join(dir, id + ending)]);
  });
});

describe('a new migration is refused', () => {
  test('without a usable name', () => {
    const dir = projectFolder();
    expect(() => createMigration({ dir, ...input, name: '../!' })).toThrow(
      expect.objectContaining({ code: 'HYG_USAGE' }),
    );
  });

  test('without a directory', () => {
    const dir = join(projectFolder(), 'hygiene');
    expect(() => createMigration({ dir, ...input })).toThrow(
      expect.objectContaining({ code: 'HYG_LOAD_NO_DIRECTORY' }),
    );
  });

  test('where something of its name exists, and nothing is half written', () => {
    const dir = projectFolder();
    const taken = join(dir, '20260112090000_purge_demo_users.verify.sql');
    mkdirSync(taken);
    expect(() => createMigration({ dir, ...input, sql: true })).toThrow(
      expect.objectContaining({
        code: 'HYG_CONFIG_EXISTS',
        message: `${taken} exists already; nothing was written`,
      }),
    );
    expect(nodeFileSystem.listFiles(dir)).toEqual([]);
  });

  test('while the newest file has an impossible time', () => {
    const dir = projectFolder({ '20269999000000_x.ts': '' });
    expect(() => createMigration({ dir, ...input })).toThrow(
      expect.objectContaining({ code: 'HYG_LOAD_BAD_NAME' }),
    );
  });
});
