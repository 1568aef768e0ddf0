import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Made by machines, or belonging to others. */
const LEFT_OUT = new Set(
  `node_modules bower_components vendor dist build out coverage tmp temp .git .hg .svn .hygiene .next .nuxt
   .svelte-kit .turbo .nx .cache .yarn .pnpm-store .venv venv __pycache__ target`.split(/\s+/),
);
const BYTES_MAX = 1_000_000;

/** The files of a project, read as they are needed. Names are relative to its root, with `/`. */
export class Repository {
  readonly root: string;
  readonly files: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #texts = new Map<string, string | null>();

  constructor(root: string) {
    this.root = root;
    this.files = filesBelow(root, '').sort();
    this.#known = new Set(this.files);
  }

  has(file: string): boolean {
    return this.#known.has(file);
  }

  /** Null where there is no such file, or where it is no text, or a huge one. */
  text(file: string): string | null {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const text = this.has(file) ? readText(join(this.root, file)) : null;
    this.#texts.set(file, text);
    return text;
  }
}

/** Links are not followed: they lead out of the repository, or to a file that is found anyway. */
function filesBelow(root: string, folder: string): string[] {
  return entriesOf(join(root, folder)).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** Data of a database that runs in the project, for one, may be closed to everybody else. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    if (statSync(path).size > BYTES_MAX) return null;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch {
    return null;
  }
}

export function folderOf(file: string): string {
  const at = file.lastIndexOf('/');
  return at === -1 ? '' : file.slice(0, at);
}

export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** `a/b` and `../c` are `a/c`; null where it leads out of the repository. */
export function joined(folder: string, path: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}
