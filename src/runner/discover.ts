import { join } from 'node:path';
import { type ErrorCode, HygieneError } from '../kernel/errors.ts';
import { parseMigrationId, snakeName, versionAt } from '../kernel/migration-id.ts';
import type { FileSystem } from './file-system.ts';

export interface MigrationFile {
  /** The name without extension: what the ledger knows it by. */
  readonly id: string;
  /** UTC `yyyymmddHHMMSS`. */
  readonly version: string;
  readonly name: string;
  readonly kind: 'module' | 'sql';
  /** The module, or the `.up.sql` file. */
  readonly path: string;
  /** The `.verify.sql` file of an SQL pair. */
  readonly verifyPath?: string;
}

export interface Discovery {
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** All that is wrong with the names, so that `lint` can show them together. */
  readonly problems: readonly HygieneError[];
}

interface Entry {
  readonly fileName: string;
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly role: 'module' | 'up' | 'verify';
}

const MODULE = /^(.+)\.(?:ts|js|mjs|cjs)$/;
const SQL = /^(.+)\.(up|verify)\.sql$/;
const CODE = /\.(?:[cm]?[jt]s|[jt]sx|sql)$/i;
const TYPES = /\.d\.[cm]?ts$/;

/**
 * The migrations directly in a directory, in the order in which they run. Other files there
 * (config, notes, shared row sets) are left alone; so is everything in folders below it.
 * @throws HygieneError HYG_LOAD_NO_DIRECTORY, HYG_LOAD_BAD_NAME, HYG_LOAD_DUPLICATE or
 *   HYG_LOAD_INCOMPLETE_PAIR.
 */
export function discoverMigrations(fs: FileSystem, dir: string): readonly MigrationFile[] {
  const { files, problems } = inspectDirectory(fs, dir);
  const [first, ...others] = problems;
  if (first === undefined) return files;
  if (others.length === 0) throw first;
  throw new HygieneError(first.code, {
    message: problems.map(({ message }) => message).join('\n'),
    hint: `${first.hint ?? ''}\n\`hygiene lint\` shows each problem with its remedy.`.trim(),
    details: { files: problems.flatMap(({ details }) => details['files'] ?? []) },
  });
}

/**
 * As {@link discoverMigrations}, but tells all problems of names instead of throwing the first.
 * @throws HygieneError HYG_LOAD_NO_DIRECTORY.
 */
export function inspectDirectory(fs: FileSystem, dir: string): Discovery {
  const names = fs.listFiles(dir);
  if (names === null) {
    throw new HygieneError('HYG_LOAD_NO_DIRECTORY', {
      message: `There is no migrations directory ${dir}`,
      hint: 'Make one with `hygiene init`, or name another with `--dir`.',
      details: { directory: dir },
    });
  }
  const entries: Entry[] = [];
  const problems: HygieneError[] = [];
  for (const fileName of [...names].sort()) {
    const entry = entryOf(fileName);
    if (entry !== null) entries.push(entry);
    else if (looksLikeMigration(fileName)) problems.push(badName(fileName));
  }
  const files: MigrationFile[] = [];
  for (const version of new Set(entries.map((entry) => entry.version))) {
    const found = fileOf(
      dir,
      entries.filter((entry) => entry.version === version),
    );
    if (found instanceof HygieneError) problems.push(found);
    else files.push(found);
  }
  files.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { files, problems };
}

function entryOf(fileName: string): Entry | null {
  if (TYPES.test(fileName)) return null;
  const [, sqlId, role] = SQL.exec(fileName) ?? [];
  const id = sqlId ?? MODULE.exec(fileName)?.[1];
  const parsed = id === undefined ? null : parseMigrationId(id);
  if (id === undefined || parsed === null || !isTime(parsed.version)) return null;
  return { fileName, id, ...parsed, role: role === undefined ? 'module' : roleOf(role) };
}

function roleOf(role: string): 'up' | 'verify' {
  return role === 'up' ? 'up' : 'verify';
}

function looksLikeMigration(fileName: string): boolean {
  return /^\d/.test(fileName) && CODE.test(fileName) && !TYPES.test(fileName);
}

/** Whether the 14 digits are a moment that exists: month 13 and 31 February are not. */
function isTime(version: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(version) ?? []
  )
    .slice(1)
    .map(Number);
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return versionAt(time) === version;
}

/** The migration that the files of one version are, or what is wrong with them. */
function fileOf(dir: string, group: readonly Entry[]): MigrationFile | HygieneError {
  const [first] = group;
  if (first === undefined) throw new Error('a group of no files');
  const { id, version, name } = first;
  const units = new Set(group.map((each) => (each.role === 'module' ? each.fileName : each.id)));
  if (units.size > 1) return duplicate(group);
  if (first.role === 'module') {
    return { id, version, name, kind: 'module', path: join(dir, first.fileName) };
  }
  const up = group.find(({ role }) => role === 'up');
  const verify = group.find(({ role }) => role === 'verify');
  if (up === undefined || verify === undefined) return incompletePair(first);
  const path = join(dir, up.fileName);
  return { id, version, name, kind: 'sql', path, verifyPath: join(dir, verify.fileName) };
}

function badName(fileName: string): HygieneError {
  const parsed = parseMigrationId(fileName.replace(SQL, '$1').replace(MODULE, '$1'));
  const cause =
    parsed !== null && !isTime(parsed.version) && isRunnable(fileName)
      ? `${parsed.version} is no date and time (yyyymmddHHMMSS, UTC)`
      : 'it is not <yyyymmddHHMMSS>_<snake_name>.ts, .js, .mjs, .cjs, .up.sql or .verify.sql';
  const better = betterName(fileName);
  const rename = better === null ? 'Rename it' : `Rename it, for example to ${better}`;
  return problem('HYG_LOAD_BAD_NAME', {
    message: `${fileName} looks like a migration, but ${cause}`,
    hint: `${rename}, or move it to a folder below: those are not read.`,
    files: [fileName],
  });
}

function isRunnable(fileName: string): boolean {
  return SQL.test(fileName) || MODULE.test(fileName);
}

/** A name of the right form, when enough of one is there. */
function betterName(fileName: string): string | null {
  const extension = /(?:\.(?:up|verify))?\.[^.]+$/.exec(fileName)?.[0].toLowerCase() ?? '';
  const stem = fileName.slice(0, fileName.length - extension.length);
  const [lead = ''] = /^[\d.\-_T:Z]+/.exec(stem) ?? [];
  const digits = lead.replaceAll(/\D/g, '');
  const id = `${digits.padEnd(14, '0').slice(0, 14)}_${snakeName(stem.slice(lead.length))}`;
  const runnable = extension === '.sql' ? '.up.sql' : extension.replace(/[cm]?tsx?$/, 'ts');
  const entry = digits.length >= 8 ? entryOf(`${id}${runnable}`) : null;
  return entry?.fileName ?? null;
}

function duplicate(group: readonly Entry[]): HygieneError {
  const files = group.map(({ fileName }) => fileName);
  return problem('HYG_LOAD_DUPLICATE', {
    message: `${files.join(' and ')} have one version, ${group[0]?.version ?? ''}`,
    hint: 'One version is one migration. Give the newer one a later time, or remove the stale file.',
    files,
  });
}

function incompletePair({ id, fileName, role }: Entry): HygieneError {
  const missing = `${id}.${role === 'up' ? 'verify' : 'up'}.sql`;
  return problem('HYG_LOAD_INCOMPLETE_PAIR', {
    message: `${fileName} has no ${missing} beside it`,
    hint:
      role === 'up'
        ? `Write ${missing}: each statement in it must return no rows once the cleanup is done.`
        : `Write ${missing}, or remove ${fileName}.`,
    files: [fileName],
  });
}

function problem(
  code: ErrorCode,
  { message, hint, files }: { message: string; hint: string; files: readonly string[] },
): HygieneError {
  return new HygieneError(code, { message, hint, details: { files } });
}
