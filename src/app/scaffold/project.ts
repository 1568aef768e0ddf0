import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What new files are written in. Both load whatever the project's own `type` is. */
export type ModuleKind = 'ts' | 'mjs';

/** The nearest folder with a package.json, from here upwards within the repository; else here. */
export function projectRoot(from: string): string {
  return upwards(from).find((folder) => existsSync(join(folder, 'package.json'))) ?? resolve(from);
}

/**
 * `ts` where TypeScript is in use: a tsconfig, or typescript among the dependencies, of the
 * project or of the workspace around it. Otherwise `mjs`, which is an ES module in every project.
 */
export function moduleKindOf(from: string): ModuleKind {
  return upwards(from).some(usesTypescript) ? 'ts' : 'mjs';
}

/** The folder and those above it, up to the root of the repository. */
function upwards(from: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git')) || folder === dirname(folder)) return folders;
  }
}

function usesTypescript(folder: string): boolean {
  if (existsSync(join(folder, 'tsconfig.json'))) return true;
  const path = join(folder, 'package.json');
  // Read as text: a package.json that is being edited must not stop us here.
  return existsSync(path) && /"typescript"\s*:/.test(readFileSync(path, 'utf8'));
}
