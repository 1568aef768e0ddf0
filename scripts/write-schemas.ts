/** Writes the schemas that others check their files against. */
import { mkdirSync, writeFileSync } from 'node:fs';

import { backupProofSchemaText } from '../src/app/backup-proof.ts';

mkdirSync('schemas', { recursive: true });
writeFileSync('schemas/backup-proof.schema.json', backupProofSchemaText());
