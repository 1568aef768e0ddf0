import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
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
    if (statusOf(directory)?.isDirectory() !== true) return null;
    // Mounted configuration (Kubernetes) is made of links. A link to nowhere stays, to be told.
    return readdirSync(directory, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() ||
          (entry.isSymbolicLink() && statusOf(join(directory, entry.name))?.isDirectory() !== true),
      )
      .map((entry) => entry.name);
  },
  readText: (path) => (statusOf(path)?.isFile() === true ? readFileSync(path, 'utf8') : null),
};

/** Null for whatever leads to no file: also a name too long, or a path through a plain file. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
