import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { HygieneError } from '../kernel/errors.ts';

export interface FileFacts {
  readonly bytes: number;
  readonly sha256: string;
}

/** @throws where it cannot be read */
export async function describeFile(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: statSync(path).size, sha256: hash.digest('hex') };
}

/**
 * Lets `write` make a file under another name and puts it in its place when it is whole; whatever goes
 * wrong, no half of it is left.
 * @throws HygieneError HYG_BACKUP_FAILED where the place cannot be written to
 */
export async function makeBackupFile(
  path: string,
  write: (partial: string) => Promise<void>,
): Promise<FileFacts> {
  const partial = `${path}.partial`;
  try {
    makePlace(path);
    rmSync(partial, { force: true });
    await write(partial);
    // It holds all that the database holds.
    chmodSync(partial, 0o600);
    const facts = await describeFile(partial);
    renameSync(partial, path);
    return facts;
  } catch (error) {
    rmSync(partial, { force: true });
    throw asBackupError(path, error);
  }
}

function makePlace(path: string): void {
  if (existsSync(path)) {
    throw new HygieneError('HYG_CONFIG_EXISTS', {
      message: `${path} exists already; nothing was written`,
      hint: 'Choose another name with --out FILE.',
    });
  }
  mkdirSync(dirname(path), { recursive: true });
}

function asBackupError(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof HygieneError || code === undefined || syscall === undefined) return error;
  return new HygieneError('HYG_BACKUP_FAILED', {
    message: `${path} could not be written: ${code}.`,
    hint:
      code === 'ENOSPC'
        ? 'No file was left behind. Choose a place with more room: --out FILE.'
        : 'No file was left behind. Name a file in a directory that can be written to: --out FILE.',
    cause: error,
  });
}
