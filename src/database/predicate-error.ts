import { HygieneError } from '../kernel/errors.ts';
import type { QualifiedName } from '../kernel/identifiers.ts';
import { type Sql, sqlExcerpt } from '../kernel/sql.ts';
import { databaseErrorFacts, sqlstate } from './sqlstate.ts';

/** SQLSTATE classes that mean the text is wrong: syntax and names (42), data and types (22). */
const TEXT_ERRORS = /^(42|22)/;

/**
 * What is wrong with a predicate, told in the terms of its author.
 * @returns HYG_PLAN_BAD_PREDICATE, or the error itself where the text is not to blame
 */
export function asPredicateError(
  error: unknown,
  { table, predicate }: { readonly table: QualifiedName; readonly predicate: Sql },
): unknown {
  const facts = databaseErrorFacts(error);
  if (facts === null || !TEXT_ERRORS.test(facts.sqlstate)) return error;
  if (facts.sqlstate === sqlstate.insufficientPrivilege) return error;
  const name = table.toString();
  return new HygieneError('HYG_PLAN_BAD_PREDICATE', {
    message: `The predicate on ${name} is not accepted: ${facts.message}\n  ${sqlExcerpt(predicate)}`,
    hint: facts.hint ?? `Try it first: psql -c 'select count(*) from ${name} where …'`,
    details: { table: name, sqlstate: facts.sqlstate },
    cause: error,
  });
}
