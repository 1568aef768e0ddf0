import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll } from '@jest/globals';

export interface ProjectFiles {
  /** By file name, such as `20260112090000_purge_demo_users.ts`. */
  readonly migrations?: Readonly<Record<string, string>>;
  /** The text of `hygiene/config.ts`. */
  readonly config?: string;
  /** Any other file, by its path in the project. */
  readonly files?: Readonly<Record<string, string>>;
}

const directories: string[] = [];

afterAll(() => {
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
});

/**
 * A project with a `hygiene` directory, removed after the last test of the file.
 * @returns the absolute path of its root
 */
export function createProject({ migrations = {}, config, files = {} }: ProjectFiles = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hygiene-project-')));
  directories.push(root);
  mkdirSync(join(root, 'hygiene'));
  for (const [name, text] of Object.entries(migrations))
    writeFileSync(join(root, 'hygiene', name), text);
  if (config !== undefined) writeFileSync(join(root, 'hygiene', 'config.ts'), config);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
