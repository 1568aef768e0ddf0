import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

import { HygieneError } from '../kernel/errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables of a file that are not set already; those win.
 * @throws HygieneError HYG_USAGE when the file cannot be read
 */
export function envFileVariables(
  variables: Variables,
  file: string | null,
  cwd: string,
): Variables {
  if (file === null) return {};
  try {
    const inFile = Object.entries(parseEnv(readFileSync(resolve(cwd, file), 'utf8')));
    return Object.fromEntries(inFile.filter(([name]) => !Object.hasOwn(variables, name)));
  } catch (cause) {
    const { code = 'no text' } = cause as { readonly code?: string };
    throw new HygieneError('HYG_USAGE', {
      message: `The file ${file} of variables cannot be read: ${code}.`,
      hint: 'Correct --env-file (or HYGIENE_ENV_FILE).',
      cause,
    });
  }
}
