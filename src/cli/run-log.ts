import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { World } from '../app/compose.ts';
import type { UpOperationReport } from '../app/operations/up.ts';
import { toolVersion } from '../app/tool-version.ts';
import { runLogName, runLogText } from '../report/run-log.ts';
import type { Io } from './io.ts';

interface RunLogPlace {
  readonly io: Io;
  readonly world: World;
  /** Relative to the working directory. */
  readonly directory: string;
}

/**
 * Leaves the log of a run as a file.
 * @returns its path; null where nothing can be written, which is said on stderr and fails nothing
 */
export function writeRunLog(place: RunLogPlace, report: UpOperationReport): string | null {
  const { io, world } = place;
  const directory = resolve(io.cwd, place.directory);
  const at = world.clock.now();
  const path = join(directory, runLogName(at));
  try {
    mkdirSync(directory, { recursive: true });
    // Two runs may end within one second.
    writeFileSync(path, runLogText({ ...report, at, toolVersion: toolVersion() }), { flag: 'a' });
    const short = relative(io.cwd, path);
    return short.startsWith('..') ? path : short;
  } catch (error) {
    const { code = 'unknown reason' } = error as { readonly code?: string };
    io.stderr(`warning: the log of this run could not be written to ${path}: ${code}\n`);
    return null;
  }
}
