import type { Check, CheckResult, CleanCheck, RowsCheck, SqlCheck } from '../authoring/expect.ts';
import type { Catalog, Table } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import {
  databaseErrorFacts,
  isConnectionError,
  isRetryable,
  sqlstate,
} from '../database/sqlstate.ts';
import { assertRights } from '../executor/access-facts.ts';
import { refuseForbiddenText } from '../executor/author-database.ts';
import { selfAlias, wholeRow } from '../executor/row-identity.ts';
import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql, renderSql, type Sql, sql } from '../kernel/sql.ts';
import {
  isRowSet,
  type PurgeStep,
  rowSetCondition,
  type RowSet,
  type TableReference,
} from '../planner/steps.ts';
import { sameValue, shown } from './check-values.ts';
import { countSeedRows, type ScanContext } from './seed-rows.ts';

/** Number and content of a set of rows, to see whether it is the same later. */
export interface Fingerprint {
  readonly rows: number;
  readonly digest: string;
}

export interface CheckScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  /** The purges that `expect.clean` is about. */
  readonly purges: readonly PurgeStep[];
  /** Fingerprints from before `up`, in the order of the `unchanged` checks; null while they are taken. */
  readonly before: readonly Fingerprint[] | null;
  readonly scanning: ScanContext;
  /** Only whether checks pass is asked, not by how much. */
  readonly isProbe: boolean;
}

/** A check whose table or column is gone; a lasting one proves nothing any more then. */
export class ObsoleteCheck extends Error {}

/** Evaluates checks one after the other, each in a savepoint, and keeps what `unchanged` saw. */
export class CheckEvaluator {
  readonly fingerprints: Fingerprint[];
  readonly #scope: CheckScope;

  /** @param fingerprints filled as checks go on, so that they are known also when a later one fails */
  constructor(scope: CheckScope, fingerprints: Fingerprint[]) {
    this.#scope = scope;
    this.fingerprints = fingerprints;
  }

  /**
   * @throws ObsoleteCheck when the table or column does not exist
   * @throws HygieneError HYG_VERIFY_WRITES, HYG_VERIFY_ERROR
   */
  async evaluate(check: Check): Promise<CheckResult> {
    const { connection } = this.#scope;
    await connection.query(rawSql('savepoint hygiene_check'));
    try {
      const result = await this.#judge(check);
      await connection.query(rawSql('release savepoint hygiene_check'));
      return result;
    } catch (error) {
      if (connection.isLost() || isConnectionError(error)) throw error;
      await connection.query(rawSql('rollback to savepoint hygiene_check'));
      throw asCheckError(error, check);
    }
  }

  async #judge(check: Check): Promise<CheckResult> {
    switch (check.kind) {
      case 'sql':
        return this.#judgeSql(check);
      case 'clean':
        return this.#judgeClean(check);
      case 'unchanged':
        return this.#judgeUnchanged(check);
      case 'none':
      case 'count':
      case 'atLeast':
        return this.#judgeCount(check);
    }
  }

  async #judgeCount(check: RowsCheck): Promise<CheckResult> {
    const expected = check.expected ?? 0;
    const actual = await this.#count(
      check.target,
      check.kind === 'atLeast' ? expected : expected + 1,
    );
    const passed = check.kind === 'atLeast' ? actual >= expected : actual === expected;
    const words = check.kind === 'atLeast' ? `at least ${rowsText(expected)}` : rowsText(expected);
    return result(check, { expected: words, actual: rowsText(actual), passed });
  }

  async #judgeUnchanged(check: RowsCheck): Promise<CheckResult> {
    const now = await this.#fingerprint(check.target);
    const { before } = this.#scope;
    const then = before === null ? now : before[this.fingerprints.length];
    if (then === undefined) throw notSeenBefore(check);
    this.fingerprints.push(now);
    const passed = then.rows === now.rows && then.digest === now.digest;
    const actual =
      then.rows === now.rows && !passed
        ? `${rowsText(now.rows)}, other content`
        : rowsText(now.rows);
    return result(check, { expected: `${rowsText(then.rows)}, same content`, actual, passed });
  }

  async #judgeClean(check: CleanCheck): Promise<CheckResult> {
    const { catalog, purges } = this.#scope;
    const table = check.target === null ? null : resolveTable(catalog, check.target);
    if (table !== null && check.minScore !== null) {
      return this.#judgeByScan(check, { table, minScore: check.minScore });
    }
    const sets = purges
      .map((step) => step.rows)
      .filter((rows) => table === null || resolveTable(catalog, rows.table).oid === table.oid);
    if (sets.length === 0) {
      throw new HygieneError('HYG_VERIFY_ERROR', {
        message: `${check.label}: this migration declares no purge there.`,
        hint: 'Use expect.none(rows(…)) and name the rows.',
      });
    }
    let actual = 0;
    for (const rows of sets) actual += await this.#count(rows, 1);
    return result(check, { expected: rowsText(0), actual: rowsText(actual), passed: actual === 0 });
  }

  async #judgeByScan(
    check: CleanCheck,
    wanted: { readonly table: Table; readonly minScore: number },
  ): Promise<CheckResult> {
    const { connection, catalog, scanning } = this.#scope;
    const { rows, percent } = await countSeedRows(scanning, { connection, catalog, ...wanted });
    const seen = percent === 100 ? '' : ` in the ${percent.toFixed(1)} % looked at`;
    const actual = `${rowsText(rows)}${seen}`;
    return result(check, { expected: rowsText(0), actual, passed: rows === 0 });
  }

  async #judgeSql(check: SqlCheck): Promise<CheckResult> {
    refuseForbiddenText(renderSql(check.target).text);
    const { rows } = await this.#scope.connection.query(check.target);
    if (check.expected === null) {
      return result(check, {
        expected: 'no rows',
        actual: rowsText(rows.length),
        passed: rows.length === 0,
      });
    }
    const [row] = rows;
    const value: unknown = row === undefined ? undefined : Object.values(row)[0];
    const { equals } = check.expected;
    const passed = rows.length === 1 && sameValue(value, equals);
    return result(check, { expected: shown(equals), actual: shown(value), passed });
  }

  /** @param enough rows that decide the check; before `up` nobody asks how many more there are */
  async #count(target: RowSet | TableReference, enough: number): Promise<number> {
    const { from, where } = await this.#target(target);
    const isDecided = this.#scope.isProbe
      ? sql`(select 1 from ${from} where ${where} limit ${enough}::bigint) as enough`
      : sql`${from} where ${where}`;
    const { count } = await queryOne<{ count: number }>(
      this.#scope.connection,
      sql`select count(*)::float8 as count from ${isDecided}`,
    );
    return count;
  }

  /** A sum of row hashes needs no order and no memory, however many rows there are. */
  async #fingerprint(target: RowSet | TableReference): Promise<Fingerprint> {
    const { from, where, row } = await this.#target(target);
    return queryOne<Fingerprint>(
      this.#scope.connection,
      sql`select count(*)::float8 as rows,
                 coalesce(sum(hashtextextended(${row}, 0)::numeric), 0)::text as digest
            from ${from} where ${where}`,
    );
  }

  async #target(target: RowSet | TableReference): Promise<{ from: Sql; where: Sql; row: Sql }> {
    const { catalog, connection } = this.#scope;
    const table = resolveTable(catalog, isRowSet(target) ? target.table : target);
    await assertRights(connection, [{ table, rights: ['select'] }]);
    const where = isRowSet(target) ? rowSetCondition(target) : rawSql('true');
    return { from: sql`${table.name}`, where, row: wholeRow(selfAlias(table)) };
  }
}

function result(
  { label, kind, lasting }: Check,
  outcome: Pick<CheckResult, 'expected' | 'actual' | 'passed'>,
): CheckResult {
  return { label, kind, lasting, ...outcome };
}

function rowsText(count: number): string {
  return counted(count, 'row');
}

/** Without the state before, `unchanged` would compare the rows with themselves. */
function notSeenBefore({ label }: Check): HygieneError {
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `The check "${label}" proves nothing: verify did not come as far before the removal.`,
    hint: 'Put expect.unchanged first in verify: what stands before it failed, or was not the same.',
  });
}

function asCheckError(error: unknown, check: Check): unknown {
  if (error instanceof HygieneError) {
    return error.code === 'HYG_PLAN_UNKNOWN_TABLE'
      ? new ObsoleteCheck(error.message, { cause: error })
      : error;
  }
  const facts = databaseErrorFacts(error);
  // What other sessions hold, how long it took, or who may look says nothing about the check.
  const aside: readonly string[] = [sqlstate.queryCanceled, sqlstate.insufficientPrivilege];
  if (facts === null || isRetryable(error) || aside.includes(facts.sqlstate)) return error;
  if (facts.sqlstate === sqlstate.readOnlyTransaction) {
    return new HygieneError('HYG_VERIFY_WRITES', {
      message: `verify tried to write: ${check.label}: ${facts.message}`,
      hint: 'verify only looks. Do the change in `up`, or remove it.',
      cause: error,
    });
  }
  const gone: readonly string[] = [
    sqlstate.undefinedTable,
    sqlstate.undefinedColumn,
    sqlstate.invalidSchemaName,
  ];
  if (gone.includes(facts.sqlstate)) return new ObsoleteCheck(facts.message, { cause: error });
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `The check "${check.label}" could not be made: ${facts.message}`,
    hint: facts.hint ?? 'Correct the check in the verify function of the migration.',
    details: { sqlstate: facts.sqlstate },
    cause: error,
  });
}
