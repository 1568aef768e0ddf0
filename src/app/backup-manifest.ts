import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { z } from 'zod';

import { type BackupManifest, manifestPath } from '../backup/manifest.ts';
import { proofSchema } from './backup-proof.ts';
import { readJsonFile } from './read-json-file.ts';

const schema = proofSchema.extend({
  schemaVersion: z.literal(1),
  sha256: z.string(),
  bytes: z.number().int().nonnegative(),
  lsn: z.string().nullable(),
  snapshot: z.string(),
  serverVersion: z.string(),
  scope: z.enum(['database', 'affected']),
  planDigest: z.string().nullable(),
  tables: z.array(
    z.object({ table: z.string(), rows: z.number().int().nonnegative(), hash: z.string() }),
  ),
}) satisfies z.ZodType<BackupManifest>;

/**
 * What is kept beside a backup file; null where nothing is.
 * @throws HygieneError HYG_USAGE where it is something else
 */
export function readManifest(cwd: string, file: string): BackupManifest | null {
  const path = manifestPath(file);
  if (!existsSync(resolve(cwd, path))) return null;
  const hint = 'hygiene backup   writes it beside the file.';
  return readJsonFile({ cwd, path, what: 'manifest of a backup', schema, hint });
}
