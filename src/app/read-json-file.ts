import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { z } from 'zod';

import { HygieneError } from '../kernel/errors.ts';

/** A file that a command is given, and what it has to hold. */
export interface ExpectedFile<T> {
  readonly cwd: string;
  readonly path: string;
  /** As people know it, such as `plan`. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  /** The command that writes such a file. */
  readonly hint: string;
}

/** @throws HygieneError HYG_USAGE where it cannot be read, or is something else */
export function readJsonFile<T>({ cwd, ...expected }: ExpectedFile<T>): T {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, expected.path), 'utf8');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw notExpected(expected, `it cannot be read (${code})`, error);
  }
  return parseJson(text, expected);
}

/** @throws HygieneError HYG_USAGE where the text is something else */
export function parseJson<T>(text: string, expected: Omit<ExpectedFile<T>, 'cwd'>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notExpected(expected, 'it is not JSON', error);
  }
  const parsed = expected.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = ['it', ...(issue?.path ?? [])].join('.');
  throw notExpected(expected, `${where}: ${issue?.message ?? 'not as expected'}`, parsed.error);
}

function notExpected(
  { path, what, hint }: Pick<ExpectedFile<unknown>, 'path' | 'what' | 'hint'>,
  why: string,
  cause: unknown,
): HygieneError {
  return new HygieneError('HYG_USAGE', { message: `${path} is no ${what}: ${why}.`, hint, cause });
}
