import { z } from 'zod';

import type { BackupProof } from '../policy/backup.ts';
import { readJsonFile } from './read-json-file.ts';

const schema = z.object({
  id: z.string().min(1),
  takenAt: z.iso.datetime({ offset: true }),
  identity: z.record(z.string(), z.union([z.string(), z.number()]).nullable()),
  location: z.string().min(1),
  method: z.string().min(1),
  sha256: z.string().optional(),
  restoreTestedAt: z.iso.datetime({ offset: true }).optional(),
}) satisfies z.ZodType<BackupProof>;

/** @throws HygieneError HYG_USAGE */
export function readBackupProof(cwd: string, path: string): BackupProof {
  const hint = 'It is JSON: { id, takenAt, identity, location, method, sha256?, restoreTestedAt? }';
  return readJsonFile({ cwd, path, what: 'backup proof', schema, hint });
}
