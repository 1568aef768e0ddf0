import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HygieneMigration, isHygieneMigration } from '../authoring/define-hygiene.ts';
import { type MigrationDefinition, validateDefinition } from '../authoring/validate-definition.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { MigrationFile } from './discover.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import type { Importer } from './importer.ts';
import { parseSqlPair, type SqlPair } from './sql-pair.ts';

export type LoadedMigration =
  | {
      readonly id: string;
      readonly file: MigrationFile;
      readonly definition: MigrationDefinition;
      readonly sqlPair: null;
    }
  | {
      readonly id: string;
      readonly file: MigrationFile;
      readonly definition: null;
      readonly sqlPair: SqlPair;
    };

/** Parsers and Node print whole programs; the first lines say what is wrong. */
const MESSAGE_LINES_MAX = 8;
const MESSAGE_CHARACTERS_MAX = 1000;

/**
 * Reads and checks one migration.
 * @throws HygieneError HYG_LOAD_BROKEN_FILE, HYG_LOAD_NOT_A_MIGRATION, HYG_LOAD_INVALID,
 *   HYG_LOAD_NO_VERIFY or HYG_RUN_TRANSACTION_CONTROL.
 */
export async function loadMigration(
  file: MigrationFile,
  importer: Importer,
  fs: FileSystem = nodeFileSystem,
): Promise<LoadedMigration> {
  const { id } = file;
  if (file.kind === 'sql') {
    return { id, file, definition: null, sqlPair: readPair(file, fs) };
  }
  const migration = await importMigration(file.path, importer);
  const definition = validateDefinition(migration, basename(file.path));
  return { id, file, definition, sqlPair: null };
}

function readPair({ path, verifyPath = '' }: MigrationFile, fs: FileSystem): SqlPair {
  const [up, verify] = [path, verifyPath].map((each) => {
    const text = fs.readText(each);
    if (text === null) throw broken(each, 'the file cannot be read');
    return text;
  });
  return parseSqlPair({
    upFile: basename(path),
    verifyFile: basename(verifyPath),
    up: up ?? '',
    verify: verify ?? '',
  });
}

async function importMigration(path: string, importer: Importer): Promise<HygieneMigration> {
  const exported = await importModule(path, importer);
  const found = defaultExport(exported);
  if (isHygieneMigration(found)) return found;
  throw new HygieneError('HYG_LOAD_NOT_A_MIGRATION', {
    message: `${basename(path)}: its default export is not made by defineHygiene`,
    hint: [
      `ESM and TypeScript: export default defineHygiene({ … })`,
      `CommonJS: module.exports = defineHygiene({ … })`,
      `A file that is no migration belongs into a folder below, or needs a name without a number.`,
    ].join('\n'),
    details: { file: basename(path) },
  });
}

/**
 * Imports a module of the project's own, such as `hygiene/config.ts`.
 * @throws HygieneError HYG_LOAD_BROKEN_FILE with file, line and the parser's message.
 */
export async function importModule(path: string, importer: Importer): Promise<unknown> {
  try {
    return await importer(path);
  } catch (thrown) {
    throw thrown instanceof HygieneError ? located(path, thrown) : broken(path, thrown);
  }
}

/** What a module gives: `export default`, `exports.default` or `module.exports`. */
export function defaultExport(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null || !('default' in exported))
    return exported;
  const { default: inner } = exported;
  // A CommonJS file compiled from ESM arrives with one `default` inside the other.
  return isWrapped(inner) ? inner.default : (inner ?? exported);
}

function isWrapped(value: unknown): value is { readonly default: unknown } {
  return typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
}

/** A problem that `rows`, `purge` or `scrub` found, told with its place. */
function located(path: string, error: HygieneError): HygieneError {
  const [first = '', ...rest] = error.message.split('\n');
  const message = [`${placeIn(path, error)}: ${first}`, ...rest].join('\n');
  const details = { ...error.details, file: basename(path) };
  const hint = error.hint === null ? {} : { hint: error.hint };
  return new HygieneError(error.code, { message, details, cause: error, ...hint });
}

function broken(path: string, thrown: unknown): HygieneError {
  const lines = textsOf(thrown)
    .message.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Require stack:|- )/.test(line) && !isPlace(line));
  const message = lines.slice(0, MESSAGE_LINES_MAX).join('\n').slice(0, MESSAGE_CHARACTERS_MAX);
  return new HygieneError('HYG_LOAD_BROKEN_FILE', {
    message: `${placeIn(path, thrown)}: ${message === '' ? 'it fails while it is loaded' : message}`,
    hint: hintFor(message),
    details: { file: basename(path) },
    cause: thrown,
  });
}

function hintFor(message: string): string {
  if (/^Cannot find (?:module|package) '\./.test(message)) {
    return 'Correct the path of the import, or restore the file that it names.';
  }
  return /^Cannot find (?:module|package)/.test(message)
    ? 'Install the package in the project that holds the migrations.'
    : 'Correct the file, then try it with `hygiene lint`: that needs no database.';
}

/** A file with line and column, as stacks and parsers write it. */
const PLACE = /((?:[A-Za-z]:)?[\\/][^\n():]*?\.(?:[cm]?[jt]s|[jt]sx|json)):(\d+(?::\d+)?)/;

function isPlace(line: string): boolean {
  return line.replace(PLACE, '') === '';
}

/** `name.ts:4:5`, or `name.ts, in shared.ts:4:5` for a fault in a file that it imports. */
function placeIn(path: string, thrown: unknown): string {
  const { message, stack } = textsOf(thrown);
  const text = `${message}\n${stack}`;
  const own = basename(path);
  for (const [, file = '', position = ''] of text.matchAll(new RegExp(PLACE, 'g'))) {
    if (!isForeign(file)) {
      const isOwn = resolve(file) === resolve(path);
      const other = relative(dirname(path), file);
      return isOwn ? `${own}:${position}` : `${own}, in ${other}:${position}`;
    }
  }
  return own;
}

const PACKAGE_CODE = fileURLToPath(new URL('..', import.meta.url));

function isForeign(file: string): boolean {
  return file.startsWith(PACKAGE_CODE) || /[\\/]node_modules[\\/]/.test(file);
}

/** Told by its fields, since an error may come from another realm and be no `Error` of ours. */
function textsOf(thrown: unknown): { message: string; stack: string } {
  if (typeof thrown !== 'object' || thrown === null) return { message: String(thrown), stack: '' };
  const { message = '', stack = '' } = thrown as { message?: unknown; stack?: unknown };
  return { message: String(message), stack: String(stack) };
}
