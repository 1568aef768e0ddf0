import { counted, grouped } from '../kernel/counts.ts';
import { type BackupManifest, rowsIn } from '../backup/manifest.ts';
import type { Fields } from './document.ts';
import { plainStyle, type Style } from './style.ts';
import { byteSize, moment } from './wording.ts';

export interface BackupFacts {
  readonly manifest: BackupManifest;
  readonly file: string;
  readonly proof: string;
  readonly plan: string | null;
  readonly notRecorded: string | null;
}

export function backupText(facts: BackupFacts, style: Style = plainStyle): string[] {
  const { manifest, file, proof, notRecorded } = facts;
  const { bytes, sha256, lsn, snapshot, scope, tables, method, planDigest } = manifest;
  const what = `${counted(rowsIn(manifest), 'row')} of ${counted(tables.length, 'table')}`;
  return [
    style.bold(`Backup ${file}`),
    `  size      ${byteSize(bytes)} (${grouped(bytes)} bytes), ${method}`,
    `  holds     ${scope === 'affected' ? `the schema, and ${what} that are affected` : what}`,
    `  SHA-256   ${sha256}`,
    `  as of     ${moment(new Date(manifest.takenAt))}, LSN ${lsn ?? 'not known'}, snapshot ${snapshot}`,
    ...(planDigest === null ? [] : [`  plan      of the same snapshot, digest ${planDigest}`]),
    `  proof     ${proof}`,
    '',
    ...(notRecorded === null ? [] : [`Not recorded: ${notRecorded}.`]),
    'It holds personal data: keep it where that belongs.',
    `Next: hygiene backup verify ${file} --restore`,
  ];
}

export function backupDocument({ manifest, ...facts }: BackupFacts): Fields {
  return { ...facts, manifest };
}

export interface VerifiedBackupFacts {
  readonly file: string;
  readonly manifest: BackupManifest | null;
  readonly tables: number | null;
  readonly restored: { readonly rows: number; readonly notRecorded: string | null } | null;
}

export function backupVerifyText(facts: VerifiedBackupFacts, style: Style = plainStyle): string[] {
  const { file, manifest, tables, restored } = facts;
  const known =
    manifest === null
      ? [`There is no ${file}.json: whether it is what was written, nobody can say.`]
      : ['Size and SHA-256 are those that were written down.'];
  const read =
    tables === null
      ? 'It opens as an embedded database.'
      : `pg_restore reads it: the rows of ${counted(tables, 'table')} are in it.`;
  if (restored === null) {
    return [
      ...[...known, read, style.bold('It can be read.')],
      `Next: hygiene backup verify ${file} --restore`,
    ];
  }
  const { rows, notRecorded } = restored;
  return [
    ...[...known, read],
    style.bold(
      `Restored, and the same by count and hash: ${counted(rows, 'row')} of ${counted(manifest?.tables.length ?? 0, 'table')}.`,
    ),
    'The scratch database is gone again.',
    ...(notRecorded === null ? [] : [`Not recorded: ${notRecorded}.`]),
    `Next: hygiene up --backup-proof ${file}.json`,
  ];
}

export function backupVerifyDocument({ restored, ...facts }: VerifiedBackupFacts): Fields {
  return {
    ...facts,
    restored: restored === null ? null : { rows: restored.rows, notRecorded: restored.notRecorded },
  };
}
