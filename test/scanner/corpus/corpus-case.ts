import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/**
 * What a row is, and how one can know:
 * - `genuine`, `genuine:<trap>`: must not be found; the trap says what could mislead
 * - `text`: its own text gives it away
 * - `password`: only its default password does
 * - `group`: only what it came with or belongs to does
 * - `admin`, `admin:default`: an administrator; with a default password it must be reported, and never
 *   proposed for removal
 */
const label = z
  .string()
  .regex(/^(?:genuine(?::[a-z0-9-]+)?|text|password|group|admin(?::default)?)$/);
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const caseTable = z
  .strictObject({
    name: z.string().regex(/^[^.]+\.[^.]+$/),
    key: z.array(z.string()).min(1),
    columns: z.array(z.string()).min(1),
    rows: z.array(z.tuple([label], value)),
  })
  .superRefine(({ name, key, columns, rows }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    for (const each of key) {
      if (!columns.includes(each)) complain(`${name}: the key ${each} is no column`);
    }
    const odd = rows.findIndex((row) => row.length !== columns.length + 1);
    if (odd >= 0)
      complain(`${name}: row ${String(odd)} is not a label and a value for each column`);
  });

const corpusCase = z.strictObject({
  about: z.string(),
  ddl: z.array(z.string()),
  /** Parents before children. */
  tables: z.array(caseTable),
});

export type CorpusTable = z.infer<typeof caseTable>;

export interface CorpusCase extends z.infer<typeof corpusCase> {
  readonly name: string;
}

/** A part is a folder of cases, each a file. */
export function readPart(folder: string): readonly CorpusCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      ...corpusCase.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    }));
}
