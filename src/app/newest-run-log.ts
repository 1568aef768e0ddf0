import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/**
 * The newest log that an `up` left in the directory about one of these runs.
 * @returns null where there is none, or none can be read
 */
export function newestRunLog(
  cwd: string,
  directory: string,
  runIds: ReadonlySet<string>,
): { readonly path: string; readonly sha256: string } | null {
  const place = resolve(cwd, directory);
  for (const name of logsIn(place)) {
    const file = join(place, name);
    const content = readFileSync(file);
    const runs = content.toString('utf8').matchAll(/^run ([0-9a-f-]{36}) /gm);
    if (![...runs].some(([, id = '']) => runIds.has(id))) continue;
    return {
      path: relative(cwd, file),
      sha256: createHash('sha256').update(content).digest('hex'),
    };
  }
  return null;
}

/** Newest first: the names hold the time. */
function logsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^cleanup_log_\d{8}T\d{6}Z\.txt$/.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}
