import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory with these files, by their paths in it. */
export function projectDirectory(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'hygiene-app-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** What the work throws. */
export async function thrownBy<T>(work: Promise<unknown>): Promise<T> {
  return work.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => error as T,
  );
}
