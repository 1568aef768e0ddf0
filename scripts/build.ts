import { rmSync } from 'node:fs';

import { build } from 'esbuild';

/**
 * The JavaScript of the package, in as few files as lazy loading allows: `up` runs on every deploy, and
 * Node takes its time to find and link seventy small modules. Dependencies stay what they are,
 * packages. Declarations are written by tsc, file by file.
 */
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { index: 'src/index.ts', 'cli/bin': 'src/cli/bin.ts' },
  outdir: 'dist',
  // As deep as `cli/`, so that paths relative to a module mean the same before and after.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
});
