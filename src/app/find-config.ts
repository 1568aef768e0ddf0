import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG_FILES = ['config.ts', 'config.mjs', 'config.js', 'config.cjs'];

/** The config file of a directory, or null when it has none. */
export function findConfig(directory: string): string | null {
  return CONFIG_FILES.map((name) => join(directory, name)).find((path) => existsSync(path)) ?? null;
}
