import { HygieneError } from '../kernel/errors.ts';
import { isSql, type Sql } from '../kernel/sql.ts';
import {
  type Budget,
  type Dependents,
  isRowSet,
  type PurgeStep,
  type RowSet,
  rowSet,
  type ScrubStep,
  type TableReference,
} from '../planner/steps.ts';
import type { GuardForm, GuardRequest } from '../planner/guard.ts';
import { unknownKeys } from './near-key.ts';
import { budgetProblems, dependentsProblems, guardProblems, isRecord } from './step-problems.ts';

export interface PurgeOptions {
  /** What happens to rows that reference doomed rows. Without it, such a row is a refusal. */
  readonly dependents?: Dependents;
  /** How many rows may go, counted over all tables. */
  readonly budget?: Budget;
  /** False: removed rows are not kept, so the migration must say `irreversible`. Default true. */
  readonly archive?: boolean;
  /**
   * True: a seed guard stays behind, a CHECK constraint that refuses rows like the removed ones. An `sql`
   * template says which rows instead; with `{ keep }` it must. An object chooses the form too.
   */
  readonly guard?: boolean | Sql | GuardOptions;
}

export interface GuardOptions {
  /** Rows that shall be refused. Default: those of the purge. */
  readonly predicate?: Sql;
  /** `trigger` where the predicate cannot be a CHECK: it has a subquery, or a function such as `now()`. */
  readonly as: GuardForm;
}

export interface ScrubOptions {
  /** New value by column: a value, which is bound, or an expression such as `` sql`null` ``. */
  readonly set: Readonly<Record<string, unknown>>;
  /** How many rows may change. */
  readonly budget?: Budget;
  /** False: old values are not kept, so the migration must say `irreversible`. Default true. */
  readonly archive?: boolean;
}

/**
 * Names rows of one table: those for which the predicate is true, or with `{ keep }` those for
 * which it is false. A row for which it is NULL is never among them.
 * @throws HygieneError HYG_LOAD_INVALID when the table is no name or the predicate no `sql` text.
 */
export function rows(table: TableReference, predicate: Sql | { readonly keep: Sql }): RowSet {
  const problems = [...tableProblems('rows', table), ...predicateProblems(predicate)];
  refuse(problems);
  return isSql(predicate)
    ? rowSet(table, predicate, 'match')
    : rowSet(table, predicate.keep, 'keep');
}

/**
 * Removes the rows and, where `dependents` says so, the rows that reference them.
 * @throws HygieneError HYG_LOAD_INVALID with all problems of the call.
 */
export function purge(rowSet: RowSet, options: PurgeOptions = {}): PurgeStep {
  refuse(purgeProblems(rowSet, options));
  return Object.freeze({
    kind: 'purge',
    rows: rowSet,
    dependents: options.dependents ?? {},
    budget: options.budget ?? {},
    archive: options.archive ?? true,
    guard: guardRequest(options.guard),
  });
}

function guardRequest(guard: PurgeOptions['guard']): GuardRequest | null {
  if (guard === undefined || guard === false) return null;
  if (guard === true) return { predicate: null, as: 'check' };
  if (isSql(guard)) return { predicate: guard, as: 'check' };
  return { predicate: guard.predicate ?? null, as: guard.as };
}

/**
 * Sets columns of rows that stay.
 * @throws HygieneError HYG_LOAD_INVALID with all problems of the call.
 */
export function scrub(rowSet: RowSet, options: ScrubOptions): ScrubStep {
  refuse(scrubProblems(rowSet, options));
  return Object.freeze({
    kind: 'scrub',
    rows: rowSet,
    set: Object.freeze({ ...options.set }),
    budget: options.budget ?? {},
    archive: options.archive ?? true,
  });
}

/** What is wrong with a table reference; empty when it can be one. */
export function tableProblems(where: string, table: unknown): string[] {
  const parts: readonly unknown[] = Array.isArray(table) ? table : [table];
  const isName = parts.every((part) => typeof part === 'string' && part.trim() !== '');
  const isPair = !Array.isArray(table) || table.length === 2;
  return isName && isPair
    ? []
    : [`${where}: a table is a name such as 'users', 'billing.invoices' or ['my.schema', 'table']`];
}

function predicateProblems(predicate: unknown): string[] {
  if (isSql(predicate)) return [];
  const example = "rows('users', sql`email like '%@example.com'`)";
  if (typeof predicate === 'string') {
    return [`rows: the predicate is a plain string; write it as an sql template: ${example}`];
  }
  if (typeof predicate !== 'object' || predicate === null) {
    return [`rows: the predicate is missing; for example ${example}`];
  }
  const unknown = unknownKeys('rows', predicate, ['keep']);
  if (unknown.length > 0) return unknown;
  return 'keep' in predicate && isSql(predicate.keep)
    ? []
    : ['rows: keep must be an sql template, such as { keep: sql`created_at > now()` }'];
}

const PURGE_OPTIONS = ['dependents', 'budget', 'archive', 'guard'];

function purgeProblems(rowSet: unknown, options: unknown): string[] {
  const problems = rowSetProblems('purge', rowSet);
  if (!isRecord(options)) return [...problems, 'purge: the options must be an object'];
  problems.push(
    ...unknownKeys('purge', options, PURGE_OPTIONS),
    ...dependentsProblems(options['dependents']),
    ...budgetProblems('purge: budget', options['budget']),
    ...booleanProblems('purge', options, ['archive']),
    ...guardProblems(options['guard'], isRowSet(rowSet) ? rowSet.mode : null),
  );
  return problems;
}

function scrubProblems(rowSet: unknown, options: unknown): string[] {
  const problems = rowSetProblems('scrub', rowSet);
  if (!isRecord(options)) return [...problems, 'scrub: { set: { column: value } } is missing'];
  problems.push(
    ...unknownKeys('scrub', options, ['set', 'budget', 'archive']),
    ...budgetProblems('scrub: budget', options['budget']),
    ...booleanProblems('scrub', options, ['archive']),
  );
  const { set } = options;
  if (!isRecord(set) || Object.keys(set).length === 0) {
    problems.push('scrub: set must name at least one column, such as { set: { phone: null } }');
  } else {
    problems.push(
      ...Object.keys(set)
        .filter((column) => set[column] === undefined)
        .map((column) => `scrub: the new value of "${column}" is undefined; write null for NULL`),
    );
  }
  return problems;
}

function rowSetProblems(step: string, value: unknown): string[] {
  return isRowSet(value) ? [] : [`${step}: the first argument must be made by rows(table, …)`];
}

function booleanProblems(where: string, options: object, keys: readonly string[]): string[] {
  return Object.entries(options)
    .filter(
      ([key, value]) => keys.includes(key) && !['boolean', 'undefined'].includes(typeof value),
    )
    .map(([key]) => `${where}: ${key} must be true or false`);
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new HygieneError('HYG_LOAD_INVALID', {
    message: problems.join('\n'),
    hint: 'Correct the call in the migration file.',
    details: { problems },
  });
}
