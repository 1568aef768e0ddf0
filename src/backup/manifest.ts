import type { BackupProof } from '../policy/backup.ts';
import type { TableContents } from './contents.ts';

/** `database`: all of it. `affected`: the whole schema, and rows only of what the plan touches. */
export type BackupScope = 'database' | 'affected';

/** What is kept beside a backup file. It is its proof too: `up --backup-proof` takes it. */
export interface BackupManifest extends BackupProof {
  readonly schemaVersion: 1;
  readonly sha256: string;
  readonly bytes: number;
  /** Position in the write-ahead log when the snapshot was taken; null where the server does not say. */
  readonly lsn: string | null;
  /** Transactions that it sees, as pg_current_snapshot() writes them. */
  readonly snapshot: string;
  readonly serverVersion: string;
  readonly scope: BackupScope;
  /** Of the plan whose very snapshot it is; null where nothing is pending. */
  readonly planDigest: string | null;
  /** Every table whose rows are in it. */
  readonly tables: readonly TableContents[];
}

/** Where the manifest of a backup file is. */
export function manifestPath(file: string): string {
  return `${file}.json`;
}

export function rowsIn({ tables }: Pick<BackupManifest, 'tables'>): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** As much of it as the ledger keeps: a database has more tables than an event should have lines. */
export function recordedFacts({
  tables,
  ...facts
}: BackupManifest): Readonly<Record<string, unknown>> {
  return { ...facts, tables: tables.length, rows: rowsIn({ tables }) };
}
