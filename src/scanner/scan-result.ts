import type { Table } from '../catalog/model.ts';
import type { ColumnRole } from './column-role.ts';
import type { Apart, Finding } from './finding.ts';
import type { SeedRules } from './rule/seed-rule.ts';
import type { LeftOut } from './which-tables.ts';

/** What was looked at in one table. */
export interface ScannedFacts {
  readonly table: Table;
  readonly isOfPersons: boolean;
  /** Columns that were looked at, with what they hold. */
  readonly columns: readonly { readonly name: string; readonly role: ColumnRole }[];
  /** Percent of the pages that were looked at; null: all. */
  readonly percent: number | null;
  readonly bytes: number;
  /** Rows that matched beyond those that were kept. */
  readonly beyond: number;
  /** Row-level security hides rows from this role. */
  readonly isHidden: boolean;
  /** Rows that look a little like seed data, below the score that was asked for. */
  readonly weaker: number;
  /** Why parts of the scan did not come to an end. */
  readonly failures: readonly string[];
}

/** What became of the passwords of one column. */
export interface TriedPasswords {
  readonly table: Table;
  readonly column: string;
  readonly accounts: number;
  readonly tried: number;
  /** False: only the suspects, the admins and a sample of the others were read. */
  readonly isWhole: boolean;
  /** What was not tried, in words: the time was over, the kind of hash is not known. */
  readonly notTried: readonly string[];
}

export interface ScanResult {
  readonly tables: readonly ScannedFacts[];
  readonly leftOut: readonly LeftOut[];
  /** Administrators with default passwords first, then the worst tables. */
  readonly findings: readonly Finding[];
  readonly apart: readonly Apart[];
  readonly passwords: readonly TriedPasswords[];
  /** What removes the findings; null where nobody asked for it. */
  readonly rules: SeedRules | null;
}
