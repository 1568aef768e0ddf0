import { dirname, resolve } from 'node:path';
import { normaliseText, sha256 } from '../kernel/digest.ts';
import type { MigrationFile } from './discover.ts';
import type { ReadText } from './file-system.ts';

/** A quoted text that begins like a relative path, wherever it stands. */
const RELATIVE = /(['"`])(\.{1,2}(?:\/(?:(?!\1)[^\n\\])*)?)\1/g;
const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const EXTENSIONS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '.jsx', '.json'];

/**
 * `sha256:` over the text of a migration and of every relative file that it reaches: each once, in
 * the order in which they are named, without byte order marks, with LF line ends, without paths. For a
 * migration of one file this is what `sha256sum` prints.
 *
 * Every relative path in quotes counts, not only imports, so nothing that is loaded can be missed
 * and a data file that is read by its relative path counts too. A path that leads nowhere is left
 * to loading, which tells it. Not followed: packages, paths that are put together at run time, and
 * names that only tsconfig `paths` or package.json `imports` can resolve.
 */
export function checksumOf(file: HashedFile, readText: ReadText): string {
  const paths = file.verifyPath === undefined ? [file.path] : [file.path, file.verifyPath];
  const texts = new Map<string, string>();
  for (const path of paths) collect(resolve(path), { readText, texts });
  return sha256([...texts.values()].join('\0'));
}

/** Remembers every text, so that what many migrations share is read once. */
export function rememberingReader(readText: ReadText): ReadText {
  const texts = new Map<string, string | null>();
  return (path) => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readText(path);
    texts.set(path, text);
    return text;
  };
}

type HashedFile = Pick<MigrationFile, 'path' | 'verifyPath'>;

interface Walk {
  readonly readText: ReadText;
  readonly texts: Map<string, string>;
}

/** Adds the file and all that it names; true when there is such a file. */
function collect(path: string, walk: Walk): boolean {
  if (walk.texts.has(path)) return true;
  const found = walk.readText(path);
  if (found === null) return false;
  const text = normaliseText(found);
  walk.texts.set(path, text);
  if (SCRIPT.test(path)) {
    for (const name of relativeNames(text)) collectNamed(resolve(dirname(path), name), walk);
  }
  return true;
}

function relativeNames(text: string): readonly string[] {
  const names: string[] = [];
  const pattern = new RegExp(RELATIVE);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    names.push((match[2] ?? '').replace(/[?#].*$/, ''));
    // A quote may close one text and seem to open another: look again from the next character.
    pattern.lastIndex = match.index + 1;
  }
  return names;
}

/** The file of that name; without one, everything that an importer might take for it. */
function collectNamed(path: string, walk: Walk): void {
  if (path.split(/[\\/]/).includes('node_modules')) return;
  if (collect(path, walk)) return;
  for (const candidate of candidatesFor(path)) collect(candidate, walk);
}

function candidatesFor(path: string): readonly string[] {
  const typescript = /\.([cm]?)js(x?)$/.exec(path);
  if (typescript !== null) {
    const stem = path.slice(0, typescript.index);
    return [`${stem}.${typescript[1] ?? ''}ts${typescript[2] ?? ''}`, `${stem}.tsx`];
  }
  return [
    ...EXTENSIONS.map((each) => path + each),
    ...EXTENSIONS.map((each) => `${path}/index${each}`),
  ];
}
