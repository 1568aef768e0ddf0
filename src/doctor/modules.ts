import { folderOf, joined, type Repository } from './repository.ts';

export type ModuleSystem = 'esm' | 'cjs';

export const MODULE = /\.[cm]?[jt]s$/;

/** How a module is loaded, by its name, its own syntax and the package.json that is nearest. */
export function moduleSystemOf(repository: Repository, file: string, text: string): ModuleSystem {
  if (/\.m[jt]s$/.test(file)) return 'esm';
  if (/\.c[jt]s$/.test(file)) return 'cjs';
  if (/^\s*(?:import\s*[\w{*"']|export\s+[\w{*])/m.test(masked(text))) return 'esm';
  if (/\brequire\s*\(|\bmodule\.exports\b|^\s*exports\./m.test(text)) return 'cjs';
  return isModulePackage(repository, folderOf(file)) ? 'esm' : 'cjs';
}

function isModulePackage(repository: Repository, folder: string): boolean {
  const text = repository.text(folder === '' ? 'package.json' : `${folder}/package.json`);
  if (text !== null) return /"type"\s*:\s*"module"/.test(text);
  return folder !== '' && isModulePackage(repository, folderOf(folder));
}

/** Comments and the contents of texts blanked, each character at its place. */
export function masked(text: string): string {
  return text.replaceAll(
    /\/\*[^]*?\*\/|(?<!:)\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`/g,
    (found) => {
      const blank = found.replaceAll(/[^\n]/g, ' ');
      return /^['"`]/.test(found)
        ? `${found[0] ?? ''}${blank.slice(1, -1)}${found.at(-1) ?? ''}`
        : blank;
    },
  );
}

export interface Import {
  /** As it is written: `./db/seed`. */
  readonly name: string;
  readonly offset: number;
  /** In the repository, or null. */
  readonly file: string | null;
}

const IMPORT = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g;
const ENDINGS = [
  '',
  '.ts',
  '.js',
  '.mts',
  '.mjs',
  '.cts',
  '.cjs',
  '.tsx',
  '/index.ts',
  '/index.js',
  '/index.mjs',
];

export function importsOf(repository: Repository, file: string, text: string): readonly Import[] {
  const code = masked(text);
  return [...text.matchAll(IMPORT)]
    .filter(({ index }) => code.slice(index, index + 4) === text.slice(index, index + 4))
    .map(({ 2: name = '', index }) => ({
      name,
      offset: index,
      file: name.startsWith('.') ? resolved(repository, folderOf(file), name) : null,
    }));
}

/** The file that a path means: with its ending, without one, or with that of what it is compiled to. */
export function resolved(repository: Repository, folder: string, name: string): string | null {
  const path = joined(folder, name);
  if (path === null) return null;
  const uncompiled = path.replace(/\.([cm]?)js$/, '.$1ts');
  const candidates = [...ENDINGS.map((ending) => path + ending), uncompiled];
  return candidates.find((each) => repository.has(each)) ?? null;
}

export interface Exports {
  readonly names: readonly string[];
  readonly hasDefault: boolean;
}

/** What others may ask a module for. */
export function exportsOf(text: string): Exports {
  const code = masked(text);
  const names = new Set([
    ...namesIn(code, /\bexport\s+(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+([\w$]+)/g),
    ...namesIn(code, /\bexport\s*\{([^}]*)\}/g).flatMap(listed),
    ...namesIn(code, /\b(?:module\.)?exports\.([\w$]+)\s*=/g),
    ...propertiesOf(code),
  ]);
  const hasDefault =
    /\bexport\s+default\b|\bmodule\.exports\s*=\s*(?!\{)/.test(code) || names.has('default');
  names.delete('default');
  return { names: [...names], hasDefault };
}

function namesIn(code: string, pattern: RegExp): readonly string[] {
  return [...code.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

/** Of `module.exports = { up, down }`; nested ones are taken too, which does no harm. */
function propertiesOf(code: string): readonly string[] {
  const [, object = ''] = /\bmodule\.exports\s*=\s*\{([^]*?)\n?\}\s*;?\s*$/m.exec(code) ?? [];
  const names = namesIn(object, /(?:^|[,{]|\n)\s*(?:async\s+)?([\w$]+)\s*(?=[,:(]|$)/g);
  return names.filter((name) => name !== 'async');
}

function listed(list: string): readonly string[] {
  const names = list.split(',').map(
    (each) =>
      each
        .trim()
        .split(/\s+as\s+/)
        .at(-1) ?? '',
  );
  return names.filter((name) => name !== '' && !name.startsWith('type '));
}
