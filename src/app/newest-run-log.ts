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
  for (const { file, content } of runLogs(resolve(cwd, directory), runIds)) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path: relative(cwd, file), sha256 };
  }
  return null;
}

interface RunLog {
  /** Absolute. */
  readonly file: string;
  readonly content: Buffer;
}

/** The logs about any of these runs, the newest first; read one by one, as they are asked for. */
export function* runLogs(directory: string, runIds: ReadonlySet<string>): Generator<RunLog> {
  for (const name of logsIn(directory)) {
    const file = join(directory, name);
    const content = readFileSync(file);
    const runs = content.toString('utf8').matchAll(/^run ([0-9a-f-]{36}) /gm);
    if ([...runs].some(([, id = '']) => runIds.has(id))) yield { file, content };
  }
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
