import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The little that reading migrations needs of a file system. Synchronous: the files are few and small. */
export interface FileSystem {
  /** Names of the plain files (and of links to files) directly in a directory; null if there is none. */
  readonly listFiles: (directory: string) => readonly string[] | null;
  readonly readText: ReadText;
}

/** The text of a file, or null when there is no such file. */
export type ReadText = (path: string) => string | null;

export const nodeFileSystem: FileSystem = {
  listFiles: (directory) => {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
    return readdirSync(directory, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() || (entry.isSymbolicLink() && !leadsToDirectory(directory, entry)),
      )
      .map((entry) => entry.name);
  },
  readText: (path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? readFileSync(path, 'utf8')
      : null,
};

/** Mounted configuration (Kubernetes) is made of links. A link to nowhere stays in the list, to be told. */
function leadsToDirectory(directory: string, entry: { readonly name: string }): boolean {
  return statSync(join(directory, entry.name), { throwIfNoEntry: false })?.isDirectory() === true;
}
