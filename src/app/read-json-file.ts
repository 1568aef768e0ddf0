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
export function readJsonFile<T>({ cwd, path, what, schema, hint }: ExpectedFile<T>): T {
  const fail = (why: string, cause?: unknown): HygieneError =>
    new HygieneError('HYG_USAGE', { message: `${path} is no ${what}: ${why}.`, hint, cause });
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    throw fail(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail('it is not JSON', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = ['it', ...(issue?.path ?? [])].join('.');
  throw fail(`${where}: ${issue?.message ?? 'not as expected'}`, parsed.error);
}
