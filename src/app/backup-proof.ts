import { z } from 'zod';

import { HygieneError } from '../kernel/errors.ts';
import type { BackupProof } from '../policy/backup.ts';
import type { World } from './compose.ts';
import { outputOf } from './output-of.ts';
import { parseJson, readJsonFile } from './read-json-file.ts';

const moment = z.iso.datetime({ offset: true });

/** The proof of a backup, whoever made it. Published as `schemas/backup-proof.schema.json`. */
export const proofSchema = z.object({
  id: z.string().min(1).describe('Name of the backup; it is recorded once under it.'),
  takenAt: moment.describe('When its data is from, ISO 8601.'),
  identity: z
    .record(z.string(), z.union([z.string(), z.number()]).nullable())
    .describe(
      'Of the database, as far as it is known: systemIdentifier, timeline, database, databaseOid, marker.',
    ),
  location: z.string().min(1).describe('Where it is kept.'),
  method: z.string().min(1).describe('What made it, such as pg_dump or a snapshot of the volume.'),
  sha256: z.string().optional().describe('SHA-256 of the file, in hexadecimal digits.'),
  restoreTestedAt: moment.optional().describe('When a restore of it was tested, ISO 8601.'),
}) satisfies z.ZodType<BackupProof>;

/** How whoever starts a run says which backup there is: at most one of the two. */
export interface ProofSource {
  /** Path of a file. */
  readonly file: string | null;
  /** A line for the shell that prints it. */
  readonly command: string | null;
}

const HINT = 'It is JSON: { id, takenAt, identity, location, method, sha256?, restoreTestedAt? }';
const COMMAND_TIMEOUT_MS = 120_000;

/** @throws HygieneError HYG_USAGE; null where nothing was given */
export async function readBackupProof(
  world: World,
  { file, command }: ProofSource,
): Promise<BackupProof | null> {
  const { cwd } = world;
  // The flag counts more than a variable, but nobody can tell here which was which.
  if (file !== null && command !== null) {
    throw new HygieneError('HYG_USAGE', {
      message: 'Both --backup-proof and --backup-proof-command were given.',
      hint: 'Give one of them; the variables HYGIENE_BACKUP_PROOF and HYGIENE_BACKUP_PROOF_COMMAND count too.',
    });
  }
  const about = { what: 'backup proof', schema: proofSchema, hint: HINT };
  if (file !== null) return readJsonFile({ cwd, path: file, ...about });
  if (command === null) return null;
  const output = await outputOf(world, {
    command,
    what: 'backup proof',
    timeoutMs: COMMAND_TIMEOUT_MS,
  });
  return parseJson(output, {
    path: `The output of \`${command}\``,
    ...about,
  });
}

/** The published schema; what else is in a proof is no fault. */
export function backupProofSchemaText(): string {
  const schema = z.toJSONSchema(proofSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Proof of a backup, as `hygiene up --backup-proof` takes it', ...schema }, null, 2)}\n`;
}
