import type { Knex } from 'knex';

import { type Check, type CheckResult, createExpect } from '../authoring/expect.ts';
import type { Catalog } from '../catalog/model.ts';
import type { Connection } from '../database/connection.ts';
import { databaseErrorFacts, sqlstate } from '../database/sqlstate.ts';
import { createAuthorDatabase } from '../executor/author-database.ts';
import { HygieneError } from '../kernel/errors.ts';
import { rawSql } from '../kernel/sql.ts';
import { CheckEvaluator, type Fingerprint, ObsoleteCheck } from './checks.ts';
import { declaredPurges, type RunnableMigration } from './runnable.ts';
import type { ScanContext } from './seed-rows.ts';
import { SerialQueue } from './serial-queue.ts';

export interface Verification {
  readonly checks: readonly CheckResult[];
  readonly fingerprints: readonly Fingerprint[];
}

export interface VerificationScope {
  readonly connection: Connection;
  readonly catalog: Catalog;
  /** Fingerprints from before `up`; null before `up`, and when only lasting checks are repeated. */
  readonly before: readonly Fingerprint[] | null;
  /** Where to leave what `unchanged` sees, also when a later check fails. */
  readonly taken?: Fingerprint[];
  /** `all`: before commit. `lasting`: on later deploys, where missing tables make a check obsolete. */
  readonly repeat: 'all' | 'lasting';
  /** For checks that scan. */
  readonly scanning: ScanContext;
  /** Only whether checks pass is asked, not by how much: counting stops where that is decided. */
  readonly isProbe?: boolean;
}

/**
 * Runs the author's verify where the database itself refuses every write: the savepoint is read-only
 * and cannot be widened from inside. Afterwards the transaction can write again.
 * @throws HygieneError HYG_VERIFY_WRITES, HYG_VERIFY_ERROR, HYG_VERIFY_EMPTY
 */
export async function verifyReadOnly(
  scope: VerificationScope,
  migration: RunnableMigration,
): Promise<Verification> {
  const { connection } = scope;
  await connection.query(rawSql('savepoint hygiene_verify'));
  await connection.query(rawSql('set transaction read only'));
  try {
    const verification = await runVerify(scope, migration);
    // The author's code may have caught the error of a statement that it sent itself.
    if ((await connection.transactionStatus()) === 'failed') throw swallowedError(migration.id);
    return verification;
  } finally {
    if (!connection.isLost()) {
      await connection.query(rawSql('rollback to savepoint hygiene_verify'));
      await connection.query(rawSql('release savepoint hygiene_verify'));
    }
  }
}

async function runVerify(
  scope: VerificationScope,
  migration: RunnableMigration,
): Promise<Verification> {
  const { connection, catalog, before, repeat, scanning } = scope;
  const purges = declaredPurges(migration);
  const { isProbe = false } = scope;
  const checked = { connection, catalog, purges, before, scanning, isProbe };
  const evaluator = new CheckEvaluator(checked, scope.taken ?? []);
  const checks: CheckResult[] = [];
  const makeCheck = async (check: Check): Promise<CheckResult> => {
    if (repeat === 'lasting' && !check.lasting) {
      const { label, kind, lasting } = check;
      return { label, kind, lasting, expected: '', actual: 'proven before commit', passed: true };
    }
    const result = await evaluator.evaluate(check).catch((error: unknown) => {
      if (error instanceof ObsoleteCheck && repeat === 'lasting') return obsolete(check, error);
      throw error instanceof ObsoleteCheck ? missing(check.label, error) : error;
    });
    checks.push(result);
    return result;
  };
  const queue = new SerialQueue();
  const expect = createExpect((check) => queue.add(() => makeCheck(check)));
  try {
    await withDatabase(connection, (database) =>
      migration.verify({
        expect,
        get db() {
          return database.db;
        },
      }),
    );
    await queue.drained();
  } catch (error) {
    throw asVerifyError(error);
  } finally {
    await queue.close();
  }
  if (checks.length === 0 && repeat === 'all') throw emptyVerify(migration.id);
  return { checks, fingerprints: evaluator.fingerprints };
}

/** Gives `db` to an author who asks for it; most only use `expect`, and knex stays unloaded. */
async function withDatabase(
  connection: Connection,
  work: (context: { readonly db: Knex }) => Promise<void>,
): Promise<void> {
  let db: Knex | undefined;
  const context = {
    get db(): Knex {
      db ??= createAuthorDatabase(connection);
      return db;
    },
  };
  try {
    await work(context);
  } finally {
    await db?.destroy();
  }
}

function obsolete({ label, kind, lasting }: Check, reason: Error): CheckResult {
  return {
    label,
    kind,
    lasting,
    expected: '',
    actual: reason.message,
    passed: true,
    obsolete: true,
  };
}

function missing(label: string, reason: Error): HygieneError {
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `The check "${label}" could not be made: ${reason.message}`,
    hint: 'Correct the check, or say requires: […] if only some databases have the table.',
    cause: reason,
  });
}

/** Errors of statements that the author sent through `db` are told in the author's terms too. */
function asVerifyError(error: unknown): unknown {
  if (error instanceof HygieneError) return error;
  const facts = databaseErrorFacts(error);
  if (facts?.sqlstate === sqlstate.readOnlyTransaction) {
    return new HygieneError('HYG_VERIFY_WRITES', {
      message: `verify tried to write: ${facts.message}`,
      hint: 'verify only looks. Do the change in `up`, or remove it.',
      cause: error,
    });
  }
  if (facts !== null) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `verify threw: ${message.split('\n')[0] ?? ''}`,
    hint: 'Correct the verify function of the migration.',
    cause: error,
  });
}

function swallowedError(id: string): HygieneError {
  return new HygieneError('HYG_VERIFY_ERROR', {
    message: `A statement of verify of ${id} failed, and verify went on as if it had not.`,
    hint: 'Let the error through, or correct the statement. verify may only read.',
  });
}

function emptyVerify(id: string): HygieneError {
  return new HygieneError('HYG_VERIFY_EMPTY', {
    message: `verify of ${id} made no check, so nothing would be proven.`,
    hint: 'Make at least one, such as: await expect.none(demoUsers)',
  });
}
