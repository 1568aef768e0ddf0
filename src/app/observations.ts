import { z } from 'zod';

import type { Observation } from '../report/final/facts.ts';
import { readJsonFile } from './read-json-file.ts';

const schema = z.array(
  z.object({
    criterion: z.string().min(1),
    expected: z.string().min(1),
    actual: z.string().min(1),
    passed: z.boolean(),
    source: z.string().min(1),
  }),
) satisfies z.ZodType<readonly Observation[]>;

/** @throws HygieneError HYG_USAGE */
export function readObservations(cwd: string, path: string): readonly Observation[] {
  const hint = 'It is a JSON list of { criterion, expected, actual, passed, source }.';
  return readJsonFile({ cwd, path, what: 'list of observations', schema, hint });
}
