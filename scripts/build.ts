import { copyFileSync, readFileSync, rmSync } from 'node:fs';

import { build } from 'esbuild';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * The JavaScript of the package, in as few files as lazy loading allows: `up` runs on every deploy, and
 * Node takes its time to find and link seventy small modules. What package.json lists stays a package.
 * zod is put in: of its 8 MB we use a twentieth.
 */
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const packages = [
  manifest.dependencies,
  manifest.optionalDependencies,
  manifest.peerDependencies,
].flatMap((each) => Object.keys(each));

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { index: 'src/index.ts', 'cli/bin': 'src/cli/bin.ts' },
  outdir: 'dist',
  // As deep as `cli/`, so that paths relative to a module mean the same before and after.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  external: packages.flatMap((name) => [name, `${name}/*`]),
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
});
copyFileSync('node_modules/zod/LICENSE', 'dist/zod.LICENSE');
