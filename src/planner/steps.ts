import { isSql, sql, type Sql } from '../kernel/sql.ts';
import type { GuardRequest } from './guard.ts';

/** What a migration declares: data only. `authoring/` makes these, the planner and the executor read them. */

/** `'users'`, `'billing.invoices'`, or `['my.schema', 'my.table']` where a name holds a dot. */
export type TableReference = string | readonly [schema: string, table: string];

const ROW_SET: unique symbol = Symbol.for('pg-hygiene.row-set') as never;

/** Rows of one table, named once and used by purge, verify and guard. */
export interface RowSet {
  readonly [ROW_SET]: true;
  readonly table: TableReference;
  readonly predicate: Sql;
  /** `match`: the rows for which the predicate is true. `keep`: those for which it is false. */
  readonly mode: 'match' | 'keep';
}

export function rowSet(table: TableReference, predicate: Sql, mode: RowSet['mode']): RowSet {
  return Object.freeze({ [ROW_SET]: true as const, table, predicate, mode });
}

export function isRowSet(value: unknown): value is RowSet {
  return typeof value === 'object' && value !== null && ROW_SET in value;
}

/** The WHERE condition of a row set; rows for which the predicate is NULL are never in it. */
export function rowSetCondition(rows: RowSet): Sql {
  return rows.mode === 'match' ? sql`(${rows.predicate})` : sql`not (${rows.predicate})`;
}

/** `purge`: removed too. `nullify`: the reference becomes NULL. `default`: it becomes its column's default. */
export type DependentAction = 'purge' | 'nullify' | 'default';

/**
 * What happens to rows that reference doomed rows. A key is a table, or `table.constraint` where two
 * foreign keys lead to one table. `'all'` does what each foreign key says (SET NULL, SET DEFAULT) and
 * purges the rest.
 */
export type Dependents = 'all' | Readonly<Record<string, DependentAction>>;

/** How many rows may go, counted over all tables; `maxShare` is the share (0 to 1) of the purge's own table. */
export interface Budget {
  readonly min?: number;
  readonly max?: number;
  readonly maxShare?: number;
}

export interface PurgeStep {
  readonly kind: 'purge';
  readonly rows: RowSet;
  readonly dependents: Dependents;
  readonly budget: Budget;
  /** False: removed rows are not kept, and the purge cannot be undone. */
  readonly archive: boolean;
  /** What is left behind so that the purged pattern cannot come back; null: nothing. */
  readonly guard: GuardRequest | null;
}

export interface ScrubStep {
  readonly kind: 'scrub';
  readonly rows: RowSet;
  /** New value by column: an SQL expression, or a value that is bound. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly budget: Budget;
  /** False: old values are not kept, and the scrub cannot be undone. */
  readonly archive: boolean;
}

export interface SqlStep {
  readonly kind: 'sql';
  readonly statement: Sql;
}

export type Step = PurgeStep | ScrubStep | SqlStep;

const STEP_KINDS: ReadonlySet<unknown> = new Set(['purge', 'scrub', 'sql']);

export function isStep(value: unknown): value is Step {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && STEP_KINDS.has(value.kind)
  );
}

/** The SQL expression that a scrub assigns to a column. */
export function assignedValue(value: unknown): Sql {
  return isSql(value) ? sql`(${value})` : sql`${value}`;
}
