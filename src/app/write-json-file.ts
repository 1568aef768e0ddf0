import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { HygieneError } from '../kernel/errors.ts';

/**
 * Whole or not at all: the file is put in its place when it is written.
 * @param path relative to `cwd`
 * @throws HygieneError HYG_RUN_EXPORT
 */
export function writeJsonFile(cwd: string, path: string, value: unknown): void {
  const target = resolve(cwd, path);
  const half = `${target}.part`;
  try {
    writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { force: true });
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new HygieneError('HYG_RUN_EXPORT', {
      message: `${path} could not be written: ${code}.`,
      hint: 'Name a file in a directory that exists and can be written.',
      cause: error,
    });
  }
}
