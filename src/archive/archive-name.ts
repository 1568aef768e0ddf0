import { createHash } from 'node:crypto';

import { cutToBytes, QualifiedName } from '../kernel/identifiers.ts';

const NAME_BYTES_MAX = 63;

export interface ArchiveKey {
  readonly migrationId: string;
  readonly generation: number;
  readonly stage: number;
  readonly table: QualifiedName;
  readonly kind: ArchiveKind;
}

/** `rows`: removed rows. `mutations`: rows that stayed, as they were before. */
export type ArchiveKind = 'rows' | 'mutations';

/**
 * The archive table of one table in one stage of one application, such as `20260112090000_g1_users`; a
 * stage after the first is a part of the name: `20260112090000_g1_s2_users`. Names that PostgreSQL would
 * cut are cut here, with a digest that keeps them apart.
 */
export function archiveTable(archiveSchema: string, key: ArchiveKey): QualifiedName {
  const version = key.migrationId.slice(0, 14);
  const source =
    key.table.schema === 'public' ? key.table.name : `${key.table.schema}_${key.table.name}`;
  const suffix = key.kind === 'mutations' ? '_mutations' : '';
  const stage = key.stage === 1 ? '' : `s${String(key.stage)}_`;
  const prefix = `${version}_g${String(key.generation)}_${stage}`;
  const whole = `${prefix}${source}${suffix}`;
  // A table `users_mutations` or `s2_users` must not share a name with what became of `users`.
  const ambiguous =
    key.table.schema !== 'public' ||
    (key.kind === 'rows' && source.endsWith('_mutations')) ||
    (key.stage === 1 && /^s\d+_/.test(source));
  if (!ambiguous && Buffer.byteLength(whole) <= NAME_BYTES_MAX) {
    return new QualifiedName(archiveSchema, whole);
  }
  const digest = createHash('sha256').update(key.table.quoted).digest('hex').slice(0, 8);
  const room = NAME_BYTES_MAX - Buffer.byteLength(`${prefix}_${digest}${suffix}`);
  return new QualifiedName(
    archiveSchema,
    `${prefix}${cutToBytes(source, room)}_${digest}${suffix}`,
  );
}
