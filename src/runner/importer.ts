import { extname } from 'node:path';

/** Loads a module by its absolute path and gives its exports. */
export type Importer = (path: string) => Promise<unknown>;

export interface ImporterOptions {
  /** The public entry of the running package, which is what `import 'pg-hygiene'` gives. */
  readonly packageEntry?: URL;
}

/** `src/index.ts` or `dist/index.js`, whichever this file belongs to. */
const OWN_ENTRY = new URL(`../index${extname(import.meta.url)}`, import.meta.url);

/**
 * An importer of TypeScript and JavaScript, ESM and CommonJS, without a build step. `pg-hygiene`
 * always means the running package, so a migration works where the package is not installed and never
 * mixes two versions. Nothing is written to disk; nothing is kept, so an edited file is read again.
 */
export function createImporter(options: ImporterOptions = {}): Importer {
  let loading: Promise<Importer> | undefined;
  return async (path) => {
    loading ??= startJiti(options.packageEntry ?? OWN_ENTRY);
    return (await loading)(path);
  };
}

async function startJiti(entry: URL): Promise<Importer> {
  const [{ createJiti }, running] = await Promise.all([
    import('jiti'),
    import(entry.href) as Promise<object>,
  ]);
  const jiti = createJiti(import.meta.url, {
    virtualModules: { 'pg-hygiene': running },
    fsCache: false,
    moduleCache: false,
  });
  return (path) => jiti.import(path);
}
