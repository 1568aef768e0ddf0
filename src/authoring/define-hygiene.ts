import type { Knex } from 'knex';
import type { Sql } from '../kernel/sql.ts';
import type { Budget, RowSet, Step } from '../planner/steps.ts';
import type { Expect } from './expect.ts';
import type { PurgeOptions, ScrubOptions } from './steps.ts';

const MIGRATION: unique symbol = Symbol.for('pg-hygiene.migration') as never;

/** What the function form of `up` gets. All of it works inside the migration's one transaction. */
export interface UpContext {
  /** A knex transaction. It must not be committed or rolled back: that fails the run. */
  readonly db: Knex.Transaction;
  /** Removes rows as a purge step does; resolves to the number of rows removed in all tables. */
  readonly purge: (rows: RowSet, options?: PurgeOptions) => Promise<number>;
  /** Sets columns as a scrub step does; resolves to the number of rows changed. */
  readonly scrub: (rows: RowSet, options: ScrubOptions) => Promise<number>;
  /** Writes one line to the log of the run. No row values, please: logs are kept. */
  readonly log: (message: string) => void;
}

export type UpFunction = (context: UpContext) => Promise<void>;

/** What `verify` gets. The transaction is read-only. */
export interface VerifyContext {
  readonly expect: Expect;
  /** Knex inside the read-only transaction, for what `expect` cannot say. */
  readonly db: Knex;
}

export type VerifyFunction = (context: VerifyContext) => Promise<void> | void;

export interface HygieneDefinition {
  /** What it does and why, for the person who approves it: at least two words. */
  readonly description: string;
  readonly ticket?: string;
  /** A step, a list of steps (an `sql` template is one), or a function, which cannot be undone. */
  readonly up: Step | Sql | readonly (Step | Sql)[] | UpFunction;
  /** Proves the result, before commit and again with `hygiene verify`. */
  readonly verify: VerifyFunction;
  /** Environment markers under which it runs. Default: all. */
  readonly environments?: readonly string[];
  /** Tables and columns (`users`, `users.email`) without which it is skipped, not failed. */
  readonly requires?: readonly string[];
  /** Why it may not be undone. Mandatory where nothing is archived. */
  readonly irreversible?: string;
  /** Limit for rows changed by `sql` steps and by the function form; purge steps carry their own. */
  readonly budget?: Budget;
  /** `batched`: purges only, in many short transactions, for more rows than one should take. */
  readonly transaction?: 'single' | 'batched';
}

/** A definition that {@link defineHygiene} has marked; it is checked when the file is loaded. */
export interface HygieneMigration extends HygieneDefinition {
  readonly [MIGRATION]: true;
}

/** Declares a hygiene migration; export it as default from a file in `hygiene/`. */
export function defineHygiene(definition: HygieneDefinition): HygieneMigration {
  return Object.freeze({ ...definition, [MIGRATION]: true as const });
}

/** Known by a global symbol, so that another loaded copy of the package does no harm. */
export function isHygieneMigration(value: unknown): value is HygieneMigration {
  return typeof value === 'object' && value !== null && MIGRATION in value;
}
