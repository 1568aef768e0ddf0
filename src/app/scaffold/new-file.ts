import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HygieneError } from '../../kernel/errors.ts';

export interface NewFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/**
 * Writes new files, all or none, with the folders they need. What exists is never overwritten.
 * @throws HygieneError HYG_CONFIG_EXISTS, or HYG_USAGE when the place cannot be written to.
 */
export function writeNewFiles(files: readonly NewFile[]): void {
  const written: string[] = [];
  try {
    for (const { path, text } of files) {
      writing(path, () => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text, { flag: 'wx' });
      });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path);
    throw error;
  }
}

/**
 * Writes a changed text back to its file.
 * @throws HygieneError HYG_USAGE when the file cannot be written to.
 */
export function writeChangedFile({ path, text }: NewFile): void {
  writing(path, () => writeFileSync(path, text));
}

/**
 * For work that takes long before it is written: says at once that there is no place for it.
 * @throws HygieneError HYG_CONFIG_EXISTS
 */
export function assertFree(path: string): void {
  if (existsSync(path)) throw taken(path);
}

function taken(path: string, cause?: unknown): HygieneError {
  return new HygieneError('HYG_CONFIG_EXISTS', {
    message: `${path} exists already; nothing was written`,
    hint: 'Choose another name, or remove it first if it is not wanted.',
    details: { file: path },
    cause,
  });
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' && existsSync(path)) throw taken(path, cause);
    throw new HygieneError('HYG_USAGE', {
      message: `${path} cannot be written: ${codeOf(cause)}`,
      hint: 'Run it where the project can be written to, or check who owns the folder.',
      details: { file: path },
      cause,
    });
  }
}

function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return String(isCoded ? error.code : error);
}
