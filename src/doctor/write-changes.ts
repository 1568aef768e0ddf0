import { chmodSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HygieneError } from '../kernel/errors.ts';
import type { FileChange } from './finding.ts';
import { unrecoverable } from './git-state.ts';

/**
 * Writes the changes; each file is the old or the new one, never half of it.
 * @throws HygieneError HYG_REFUSED_UNCOMMITTED, HYG_CONFIG_EXISTS, HYG_USAGE; the first two before
 *   anything is written
 */
export function writeChanges(
  root: string,
  changes: readonly FileChange[],
  options: { readonly force: boolean },
): void {
  const old = changes.filter(({ isNew }) => !isNew).map(({ file }) => file);
  const lost = options.force ? [] : unrecoverable(root, old);
  if (lost.length > 0) throw uncommitted(lost);
  const taken = changes.find(({ file, isNew }) => isNew && existsSync(join(root, file)));
  if (taken !== undefined) throw exists(taken.file);
  const done: string[] = [];
  for (const change of changes) {
    writeWhole(root, change, done);
    done.push(change.file);
  }
}

function writeWhole(
  root: string,
  { file, text, isNew }: FileChange,
  done: readonly string[],
): void {
  const path = join(root, file);
  const beside = `${path}.hygiene-new`;
  try {
    writeFileSync(beside, text);
    if (!isNew) chmodSync(beside, statSync(path).mode);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw unwritable(file, done, cause);
  }
}

function uncommitted(files: readonly string[]): HygieneError {
  const shown = files.slice(0, 5).map((file) => `  ${file}`);
  const more = files.length > 5 ? [`  and ${String(files.length - 5)} more`] : [];
  return new HygieneError('HYG_REFUSED_UNCOMMITTED', {
    message: ['Git could not bring these files back; nothing was written:', ...shown, ...more].join(
      '\n',
    ),
    hint: 'Commit them first, so that the edits can be reviewed and undone. Or accept that: --fix --force',
    details: { files },
  });
}

function exists(file: string): HygieneError {
  return new HygieneError('HYG_CONFIG_EXISTS', {
    message: `${file} exists already; nothing was written`,
    hint: 'The original would be kept there. Rename it, or remove it if it is not wanted.',
    details: { file },
  });
}

function unwritable(file: string, done: readonly string[], cause: unknown): HygieneError {
  const { code = 'unknown reason' } = cause as { readonly code?: string };
  const before =
    done.length === 0 ? 'nothing was' : `${done.join(', ')} ${done.length === 1 ? 'was' : 'were'}`;
  return new HygieneError('HYG_USAGE', {
    message: `${file} cannot be written: ${code}; ${before} changed before.`,
    hint: 'Run it where the project can be written to; what is done already is not done again.',
    details: { file, done },
    cause,
  });
}
