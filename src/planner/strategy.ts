import type { ForeignKey, Table } from '../catalog/model.ts';

/**
 * How the rows of a purge are taken out of their tables.
 * `delete`: children first. `detach`: the same, with the foreign keys switched off meanwhile and checked
 * once at the end. `rewrite`: tables that lose most of their rows are emptied and get their survivors back.
 */
export type Strategy = 'delete' | 'detach' | 'rewrite';

/** `online`: others work on the tables. `maintenance`: nobody does, so tables may be locked as a whole. */
export type Window = 'online' | 'maintenance';

/** One strategy for one purge, priced. */
export interface StrategyOption {
  readonly strategy: Strategy;
  /** Milliseconds, roughly: it tells seconds from minutes from hours, not more. */
  readonly estimatedMs: number;
  /** Why it is not possible here; null where it is. */
  readonly obstacle: string | null;
}

/**
 * `not enforced`: NOT ENFORCED and back, since PostgreSQL 18; the constraint stays what it is.
 * `drop and add`: made anew from its definition.
 */
export type KeySwitch = 'not enforced' | 'drop and add';

export interface SwitchedKey {
  readonly key: ForeignKey;
  readonly how: KeySwitch;
}

/** What was chosen, with what it takes. */
export interface StrategyChoice {
  readonly strategy: Strategy;
  /** All of them, the chosen one included. */
  readonly options: readonly StrategyOption[];
  /** Emptied and filled again. Every other table that loses rows is deleted from. */
  readonly rewritten: readonly Table[];
  /** Switched off before rows go, and on again afterwards. */
  readonly detached: readonly SwitchedKey[];
  /** Roles whose tables have some of these keys, and whose member our role is not. */
  readonly foreignOwners: readonly string[];
}
