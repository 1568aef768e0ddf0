import { join } from 'node:path';
import { HygieneError } from '../../kernel/errors.ts';
import { snakeName, versionAt } from '../../kernel/migration-id.ts';
import { type FileSystem, nodeFileSystem } from '../../runner/file-system.ts';
import { inspectDirectory } from '../../runner/discover.ts';
import { type NewFile, writeNewFiles } from './new-file.ts';
import { type ModuleKind, moduleKindOf } from './project.ts';
import { moduleTemplate, sqlUpTemplate, sqlVerifyTemplate } from './templates.ts';

export interface CreateInput {
  /** The migrations directory. */
  readonly dir: string;
  /** What it does, in words or as a name: `purge demo users`. */
  readonly name: string;
  /** True: a pair of SQL files. */
  readonly sql: boolean;
  readonly now: Date;
  /** What the module says; default: a template to be edited. */
  readonly text?: string;
  /** Default: what the project around the directory uses. */
  readonly moduleKind?: ModuleKind;
}

export interface CreatedMigration {
  readonly id: string;
  readonly paths: readonly string[];
}

/**
 * The id that a new migration will get: nothing is written.
 * @throws HygieneError HYG_USAGE, HYG_LOAD_NO_DIRECTORY, HYG_LOAD_BAD_NAME
 */
export function newMigrationId(input: Pick<CreateInput, 'dir' | 'name' | 'now'>): string {
  const name = snakeName(input.name);
  if (name === '') {
    throw new HygieneError('HYG_USAGE', {
      message: `"${input.name}" holds no letter or digit for a file name`,
      hint: 'Say what it does, for example: hygiene create purge_demo_users',
    });
  }
  return `${nextVersion(nodeFileSystem, input)}_${name}`;
}

/**
 * Writes a new migration that loads and lints as it is. As long as its table is not edited it is
 * skipped, because no database has that table.
 * @throws HygieneError HYG_USAGE, HYG_LOAD_NO_DIRECTORY or HYG_CONFIG_EXISTS.
 */
export function createMigration(input: CreateInput): CreatedMigration {
  const id = newMigrationId(input);
  const files = filesFor(id, input);
  writeNewFiles(files);
  return { id, paths: files.map(({ path }) => path) };
}

function filesFor(
  id: string,
  { dir, sql, name, moduleKind, text }: CreateInput,
): readonly NewFile[] {
  const title = titleOf(name);
  if (sql) {
    return [
      { path: join(dir, `${id}.up.sql`), text: sqlUpTemplate(title) },
      { path: join(dir, `${id}.verify.sql`), text: sqlVerifyTemplate() },
    ];
  }
  const extension = moduleKind ?? moduleKindOf(dir);
  return [{ path: join(dir, `${id}.${extension}`), text: text ?? moduleTemplate(title) }];
}

/** `purge_demo-users` → `Purge demo users`. */
function titleOf(name: string): string {
  const words = snakeName(name).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Now, or one second after the newest file: later than all, however fast files are made. */
function nextVersion(fs: FileSystem, { dir, now }: Pick<CreateInput, 'dir' | 'now'>): string {
  inspectDirectory(fs, dir);
  const versions = (fs.listFiles(dir) ?? []).map((file) => /^\d{14}/.exec(file)?.[0] ?? '');
  const newest = versions.sort().at(-1) ?? '';
  const present = versionAt(now);
  return present > newest ? present : secondAfter(newest);
}

function secondAfter(version: string): string {
  const [, date = '', hour = '', minute = '', second = ''] =
    /^(\d{8})(\d\d)(\d\d)(\d\d)$/.exec(version) ?? [];
  const day = date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const time = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) {
    throw new HygieneError('HYG_LOAD_BAD_NAME', {
      message: `The newest file begins with ${version}, which is no date and time`,
      hint: '`hygiene lint` names the file; rename it first.',
    });
  }
  return versionAt(new Date(time + 1000));
}
