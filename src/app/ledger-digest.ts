import { z } from 'zod';

import { readJsonFile } from './read-json-file.ts';

/** The head of a ledger at one moment, to be kept where nobody who owns the ledger can reach it. */
export interface LedgerDigest {
  readonly seq: number;
  /** Of the event at that position. */
  readonly hash: string;
}

const schema = z.object({
  seq: z.number().int().nonnegative(),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no hash'),
}) satisfies z.ZodType<LedgerDigest>;

/** @throws HygieneError HYG_USAGE */
export function readLedgerDigest(cwd: string, path: string): LedgerDigest {
  const hint = 'hygiene ledger digest --out digest.json   writes one';
  return readJsonFile({ cwd, path, what: 'digest of a ledger', schema, hint });
}
