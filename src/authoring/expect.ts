import { HygieneError } from '../kernel/errors.ts';
import { displayIdentifier } from '../kernel/identifiers.ts';
import { isSql, type Sql, sqlExcerpt } from '../kernel/sql.ts';
import { isRowSet, type RowSet, rowSetCondition, type TableReference } from '../planner/steps.ts';
import { isScore } from '../scanner/score.ts';
import { tableProblems } from './steps.ts';

interface CheckBase {
  /** True: `hygiene verify` repeats it on every deploy. False: it is proven once, before commit. */
  readonly lasting: boolean;
  /** For people, such as `none of users where email ~* ?`. Bound values are masked. */
  readonly label: string;
}

/** Counts rows: `none` expects 0, `unchanged` the number and content that were there before `up`. */
export interface RowsCheck extends CheckBase {
  readonly kind: 'none' | 'atLeast' | 'count' | 'unchanged';
  readonly target: RowSet | TableReference;
  /** Null for `unchanged`, which is compared with the state before. */
  readonly expected: number | null;
}

/** Without `expected` the statement must return no rows; with it, one row of one column that equals. */
export interface SqlCheck extends CheckBase {
  readonly kind: 'sql';
  readonly target: Sql;
  readonly expected: { readonly equals: unknown } | null;
}

/**
 * No row set that the migration's own steps purge (in the table, if one is named) matches a row; or, with
 * a score, a scan of the table finds none.
 */
export interface CleanCheck extends CheckBase {
  readonly kind: 'clean';
  readonly target: TableReference | null;
  readonly expected: 0;
  /** From 0 to 1; null: only what the steps purge. */
  readonly minScore: number | null;
}

/** One assertion of `verify`, as data: it is evaluated elsewhere. */
export type Check = RowsCheck | SqlCheck | CleanCheck;

export interface CheckResult {
  readonly label: string;
  readonly kind: Check['kind'];
  readonly lasting: boolean;
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
  /** The table or column that it looks at is gone, so it proves nothing any more. */
  readonly obsolete?: boolean;
}

export interface CheckOptions {
  /** True: repeat this check with `hygiene verify`. `none` and `clean` are repeated anyway. */
  readonly lasting?: boolean;
}

export interface SqlCheckOptions extends CheckOptions {
  /** What the statement's only value must be. Without it the statement must return no rows. */
  readonly equals?: unknown;
  /** The sentence that reports show instead of the statement. */
  readonly label?: string;
}

export interface CleanCheckOptions extends CheckOptions {
  /**
   * From 0 to 1: no row of the table looks like demo, test or seed data at this score or above, as
   * `hygiene scan` sees it (0.9: certain, 0.6: likely). Passwords are not tried.
   */
  readonly minScore?: number;
}

/**
 * The assertions of `verify`. A check that fails does not throw: it is recorded, and the ones after
 * it are still made. Await each of them.
 */
export interface Expect {
  /** No such row is left. Lasting. */
  none(target: RowSet | TableReference, options?: CheckOptions): Promise<CheckResult>;
  /** At least `rows` such rows are there. */
  atLeast(
    target: RowSet | TableReference,
    rows: number,
    options?: CheckOptions,
  ): Promise<CheckResult>;
  /** Exactly `rows` such rows are there. */
  count(
    target: RowSet | TableReference,
    rows: number,
    options?: CheckOptions,
  ): Promise<CheckResult>;
  /** The same rows with the same content as before `up`. Cannot be lasting. */
  unchanged(target: RowSet | TableReference): Promise<CheckResult>;
  /** The statement returns no rows, or the value of `equals`. */
  sql(statement: Sql, options?: SqlCheckOptions): Promise<CheckResult>;
  /** Nothing that this migration's steps purge (in this table) is left, or that a scan finds. Lasting. */
  clean(table?: TableReference, options?: CleanCheckOptions): Promise<CheckResult>;
}

/** Makes the assertions of `verify`; `evaluate` answers each check and keeps the result. */
export function createExpect(evaluate: (check: Check) => Promise<CheckResult>): Expect {
  return {
    none: async (target, options) => {
      const label = `none of ${describeRows('none', target)}`;
      return evaluate({
        kind: 'none',
        target,
        expected: 0,
        lasting: options?.lasting ?? true,
        label,
      });
    },
    atLeast: async (target, rows, options) => {
      const label = `at least ${countOf('atLeast', rows)} of ${describeRows('atLeast', target)}`;
      const lasting = options?.lasting ?? false;
      return evaluate({ kind: 'atLeast', target, expected: rows, lasting, label });
    },
    count: async (target, rows, options) => {
      const label = `exactly ${countOf('count', rows)} of ${describeRows('count', target)}`;
      const lasting = options?.lasting ?? false;
      return evaluate({ kind: 'count', target, expected: rows, lasting, label });
    },
    unchanged: async (target) => {
      const label = `${describeRows('unchanged', target)} unchanged`;
      return evaluate({ kind: 'unchanged', target, expected: null, lasting: false, label });
    },
    sql: async (statement, options = {}) => evaluate(sqlCheck(statement, options)),
    clean: async (table, options) => evaluate(cleanCheck(table, options)),
  };
}

function cleanCheck(table?: TableReference, options: CleanCheckOptions = {}): CleanCheck {
  const { lasting = true, minScore = null } = options;
  const of = table === undefined ? 'what this migration purges' : describeRows('clean', table);
  if (minScore !== null) assertScore(table, minScore);
  const by = minScore === null ? '' : ` by scan, score ${String(minScore)}`;
  const label = `clean: ${of}${by}`;
  return { kind: 'clean', target: table ?? null, expected: 0, lasting, label, minScore };
}

function assertScore(table: TableReference | undefined, minScore: unknown): void {
  if (table === undefined) throw misuse('expect.clean: minScore needs the table to be scanned');
  if (isScore(minScore)) return;
  throw misuse('expect.clean: minScore must be a number from 0 to 1');
}

/** A table as people write it: `users`, `billing.invoices`, `"User"`. */
function displayTable(table: TableReference): string {
  const parts = typeof table === 'string' ? table.split('.') : table;
  return parts.map(displayIdentifier).join('.');
}

function sqlCheck(statement: Sql, options: SqlCheckOptions): SqlCheck {
  if (!isSql(statement)) {
    throw misuse('expect.sql: the statement must be an sql template, such as sql`select …`');
  }
  const expected = 'equals' in options ? { equals: options.equals } : null;
  const outcome = expected === null ? 'returns no rows' : `gives ${masked(expected.equals)}`;
  return {
    kind: 'sql',
    target: statement,
    expected,
    lasting: options.lasting ?? false,
    label: options.label ?? `${sqlExcerpt(statement)} ${outcome}`,
  };
}

/** A text may be personal data, as a bound value may. */
function masked(value: unknown): string {
  const isPlain = value === null || ['number', 'bigint', 'boolean'].includes(typeof value);
  return isPlain ? String(value) : '?';
}

function describeRows(check: string, target: unknown): string {
  if (isRowSet(target)) {
    return `${displayTable(target.table)} where ${sqlExcerpt(conditionOf(target))}`;
  }
  const [problem] = tableProblems(`expect.${check}`, target);
  if (problem !== undefined) throw misuse(`${problem}, or a row set made by rows(table, …)`);
  return displayTable(target as TableReference);
}

/** Without the brackets that a predicate needs only inside a statement. */
function conditionOf(target: RowSet): Sql {
  return target.mode === 'match' ? target.predicate : rowSetCondition(target);
}

function countOf(check: string, rows: unknown): number {
  if (typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw misuse(`expect.${check}: the number of rows must be a whole number, 0 or more`);
}

function misuse(message: string): HygieneError {
  return new HygieneError('HYG_VERIFY_ERROR', {
    message,
    hint: 'Correct the call in the verify function of the migration.',
  });
}
