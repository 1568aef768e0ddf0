import type { Table } from '../catalog/model.ts';
import type { Evidence } from './evidence.ts';

/** What gave the row away first; the evidence has the rest. */
export type FindingKind =
  /** Its own text. */
  | 'seed-text'
  /** A default password on the account of an ordinary user. */
  | 'default-password'
  /** The rows it was made with. */
  | 'seed-group'
  /** The rows it belongs to. */
  | 'owned-by-seed'
  /** To be mended by its owner, and never a reason to remove the account. */
  | 'admin-default-password';

export interface Finding {
  readonly table: Table;
  /** As `row-key.ts` reads it. */
  readonly key: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly kind: FindingKind;
  readonly evidence: readonly Evidence[];
}

/** Why rows that look like seed data are left out of the findings. */
export type ApartReason =
  /** Administrators: they are never proposed for purge. */
  | 'admin'
  /** In a protected set of the config. */
  | 'protected'
  /** A suppression of the config says that they are genuine. */
  | 'suppressed'
  /** They hang on seed rows, but somebody genuine made them: a purge would take them along. */
  | 'hangs-on-seed';

export interface Apart {
  readonly table: Table;
  readonly reason: ApartReason;
  readonly rows: number;
  /** The reason that a suppression gives. */
  readonly says: string | null;
}
