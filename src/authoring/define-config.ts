import type { Sql } from '../kernel/sql.ts';
import type { RowSet, TableReference } from '../planner/steps.ts';

const CONFIG: unique symbol = Symbol.for('pg-hygiene.config') as never;

/** When a run may begin. */
export interface AllowedHours {
  /** `HH:MM` of the wall clock there; `to` is no longer in it, and before `from` it is of the next day. */
  readonly from: string;
  readonly to: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Days on which it begins: `mon` to `sun`. Default: every day. */
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
}

/** A line for the shell of the system, run in the working directory; ended after 60 seconds, or as said. */
export type RoutineCommand =
  string | { readonly command: string; readonly timeoutSeconds?: number };

/** What is looked at after the commit, each within 30 seconds or as said. */
export type SmokeCheck = { readonly name: string; readonly timeoutSeconds?: number } & (
  | { /** Ends with 0. */ readonly command: string }
  | { /** Answers with `status`, default 200. */ readonly url: string; readonly status?: number }
  | { /** Its first value is true, or a number above 0. Read only. */ readonly sql: Sql }
  | {
      /** The password verifies against the hash that the statement reads. Read only. */
      readonly login: { readonly hash: Sql; readonly password: string | undefined };
    }
  | { /** Every page of `hygiene serve` can be rendered. */ readonly dashboard: true }
);

/** What an environment marker demands, and what belongs to a run there. */
export interface EnvironmentDemands {
  /** True: `up` needs `--confirm <database>` or HYGIENE_CONFIRM. `production` always does. */
  readonly confirm?: boolean;
  /** True: a migration whose purge or scrub has no `budget: { max }` is refused. */
  readonly budget?: boolean;
  /** Outside of them `up` is refused, unless `--outside-window REASON` says why. Default: always. */
  readonly allowedHours?: AllowedHours | readonly AllowedHours[];
  /** Run before anything is changed, such as to stop services; the first failure ends the run. */
  readonly before?: readonly RoutineCommand[];
  /** Run at the end, also after a failure, such as to start them again. */
  readonly after?: readonly RoutineCommand[];
  /** Looked at after the commit; what fails ends `up` with 4 and the line that restores. */
  readonly smoke?: readonly SmokeCheck[];
  /** `up` needs `--backup-proof FILE`; without one, or with one that is too old, it is refused. */
  readonly backup?: {
    /** How old the backup may be, in hours. Default 24. */
    readonly maxAgeHours?: number;
    /** True: the proof must say when a restore of it was tested. Default false; true in production. */
    readonly mustBeRestoreTested?: boolean;
  };
  /** True: `up` needs `--plan FILE`, and another database role must have approved it within 7 days. */
  readonly approval?: boolean;
}

/** A table that the application's own triggers write to while rows are removed. */
export interface SideEffect {
  readonly table: TableReference;
  /** Why it is written to, for the person who approves. */
  readonly reason: string;
  /** How many rows at most may be written to it for each removed row. Default 1. */
  readonly perRemovedRow?: number;
}

/** Rows that `hygiene scan` takes for seed data though they are genuine. */
export interface Suppression {
  readonly table: TableReference;
  readonly column: string;
  /**
   * Found in the column, the row is left out of the findings: a regular expression as PostgreSQL reads it.
   * A text is matched without regard to case, a RegExp by its `i` flag; other flags say nothing.
   */
  readonly pattern: string | RegExp;
  /** Why they are genuine, for the next reader. */
  readonly reason: string;
}

/** A column of a table on the dashboard. */
export interface DashboardColumn {
  readonly column: string;
  /** Default: the name of the column. */
  readonly title?: string;
  /** True: only the shape of the value is shown, as `d***@e***.c**`. */
  readonly masked?: boolean;
}

/** One table of the application on a page of the dashboard. */
export interface DashboardTable {
  readonly table: TableReference;
  /** Default: the name of the table. */
  readonly title?: string;
  /**
   * Shown, in this order; what is not listed does not leave the database. Without the list all columns
   * are shown, and all values are masked.
   */
  readonly columns?: readonly (string | DashboardColumn)[];
  /** A shown column, then `asc` (default) or `desc`. Default: the key. */
  readonly order?: string | readonly [column: string, direction: 'asc' | 'desc'];
  /** Rows to a page, at most 200. Default 25. */
  readonly pageSize?: number;
  /** Shown columns that the search looks into. Default: none, and no search. */
  readonly search?: readonly string[];
}

/** A page of `hygiene serve` about the application's own tables. */
export interface DashboardPage {
  readonly title: string;
  /** Last part of its address: `a-z`, digits, `-`. Default: made from the title. */
  readonly path?: string;
  readonly tables: readonly DashboardTable[];
}

/** Whom to ask; printed under a failure. */
export interface Contact {
  readonly name: string;
  /** A telephone number, a channel, an address. */
  readonly how: string;
}

export interface HygieneConfig {
  /** Rows that no migration may change or remove, such as `` rows('admins', sql`true`) ``. */
  readonly protect?: readonly RowSet[];
  /** Schemas of our own. Default `hygiene` and `hygiene_archive`. */
  readonly schemas?: { readonly ledger?: string; readonly archive?: string };
  /** Days for which archived rows are kept. Default 30. */
  readonly retentionDays?: number;
  /** Demands by environment marker. */
  readonly environments?: Readonly<Record<string, EnvironmentDemands>>;
  /**
   * By how much a count may differ from the plan of `up --plan`, as a share of the planned rows.
   * Default 0: not at all.
   */
  readonly planTolerance?: number;
  readonly sideEffects?: readonly SideEffect[];
  readonly contacts?: readonly Contact[];
  /**
   * Asked before each batch of a migration with `transaction: 'batched'`: as long as the first value
   * of the first row is true or above 0, no batch runs.
   */
  readonly batches?: { readonly throttle?: Sql };
  readonly scan?: { readonly suppress?: readonly Suppression[] };
  readonly dashboard?: { readonly pages?: readonly DashboardPage[] };
}

/** A configuration that {@link defineConfig} has marked. */
export interface DefinedConfig extends HygieneConfig {
  readonly [CONFIG]: true;
}

/** Declares the configuration; export it as default from `hygiene/config.ts`. */
export function defineConfig(config: HygieneConfig): DefinedConfig {
  return Object.freeze({ ...config, [CONFIG]: true as const });
}

export function isDefinedConfig(value: unknown): value is DefinedConfig {
  return typeof value === 'object' && value !== null && CONFIG in value;
}
