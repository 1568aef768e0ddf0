import type { Table } from '../../catalog/model.ts';
import type { DependentAction, TableReference } from '../../planner/steps.ts';

/** Which rows of a table go, in the words of a migration. */
export interface SeedRule {
  readonly table: Table;
  /** The table as a migration names it. */
  readonly reference: TableReference;
  /** Conditions on its columns, any of which dooms a row. */
  readonly conditions: readonly string[];
  /** Keys of the rows that no condition covers, as `row-key.ts` reads them. */
  readonly keys: readonly string[];
  /** Whether the conditions tell seed data from others for ever, so that a guard makes sense. */
  readonly isLasting: boolean;
  readonly rows: number;
  /** With the rows that go along, at most. */
  readonly allRows: number;
  readonly dependents: Readonly<Record<string, DependentAction>>;
}

/** Seed data that no rule is about. */
export interface BlockedRows {
  readonly table: Table;
  readonly rows: number;
  readonly reason: 'genuine rows would go with it' | 'the table has no key to name rows by';
}

export interface SeedRules {
  readonly rules: readonly SeedRule[];
  readonly blocked: readonly BlockedRows[];
}
