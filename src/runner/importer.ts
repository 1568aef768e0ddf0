import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loads a module by its absolute path and gives its exports. */
export type Importer = (path: string) => Promise<unknown>;

export interface ImporterOptions {
  /** The public entry of the running package, as a path or file URL; `import 'pg-hygiene'` gives it. */
  readonly packageEntry?: URL | string;
}

/** `src/index.ts` or `dist/index.js`, whichever this file belongs to. */
const OWN_ENTRY = new URL(`../index${extname(import.meta.url)}`, import.meta.url);

/**
 * An importer of TypeScript and JavaScript, ESM and CommonJS, without a build step. `pg-hygiene`
 * means the running package, so a migration works where none or another version is installed.
 * Nothing is written to disk, and the file is read again each time. A `.mjs` or `.cjs` file that it
 * imports is loaded by Node where Node can; what such a file makes with an installed copy of the package
 * is known by its marks all the same.
 */
export function createImporter(options: ImporterOptions = {}): Importer {
  let loading: Promise<Importer> | undefined;
  const { packageEntry: given = OWN_ENTRY } = options;
  const entry = typeof given === 'string' ? pathToFileURL(given) : given;
  return async (path) => {
    loading ??= startJiti(entry);
    return (await loading)(path);
  };
}

async function startJiti(entry: URL): Promise<Importer> {
  const { createJiti } = await import('jiti');
  const running = (await import(entry.href)) as object;
  const jiti = createJiti(import.meta.url, {
    virtualModules: { 'pg-hygiene': running },
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
  });
  // `jiti.import` would hand .mjs and .cjs to Node, which finds an installed package before the
  // running one, keeps what it has read, and runs a file that fails a second time.
  return async (path) => {
    const source = await readFile(path, 'utf8');
    return jiti.evalModule(source.replace(/^\uFEFF/, ''), {
      filename: path,
      ext: extname(path),
      async: true,
      forceTranspile: true,
    });
  };
}
