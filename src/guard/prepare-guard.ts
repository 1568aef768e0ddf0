import type { Table } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { asPredicateError } from '../database/predicate-error.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { QualifiedName, quoteIdentifier } from '../kernel/identifiers.ts';
import { inlinedSql } from '../kernel/inlined-sql.ts';
import { maskedSql, rawSql, sql } from '../kernel/sql.ts';
import { type Guard, guardName, type GuardRequest, visibleObstacle } from '../planner/guard.ts';
import { rowSetCondition, type RowSet } from '../planner/steps.ts';
import { checkExpression, triggerBody } from './guard-sql.ts';

export interface GuardedPurge {
  readonly migrationId: string;
  /** From 1, among the guards of the migration. */
  readonly position: number;
  readonly table: Table;
  /** The rows of the purge. */
  readonly rows: RowSet;
  readonly request: GuardRequest;
  /** The protected sets of the config; those of other tables do not matter. */
  readonly protectedSets: readonly { readonly table: Table; readonly rows: RowSet }[];
  readonly searchPath: readonly string[];
}

/**
 * Makes the guard that a purge asks for, and has PostgreSQL itself judge it on a temporary copy of the
 * table, which is rolled back: nothing is locked or kept. An index condition may call immutable functions
 * only, and have no subquery; a CHECK with `now()` PostgreSQL would accept.
 * @throws HygieneError HYG_REFUSED_GUARD where it cannot be a CHECK, HYG_PLAN_BAD_PREDICATE
 */
export async function prepareGuard(connection: Connection, purge: GuardedPurge): Promise<Guard> {
  const { request, table, searchPath } = purge;
  if (request.as === 'trigger' && table.citus !== null) throw noTrigger(table);
  const name = guardName(purge.migrationId, purge.position);
  const forbidden = forbiddenRows(purge);
  const draft = { name, table: table.name, form: request.as, forbidden, searchPath };
  const definition = await inSavepoint(connection, async () => {
    if (request.as === 'check') return probeCheck(connection, table, draft);
    await probeTrigger(connection, table, forbidden);
    return triggerBody(draft, purge.migrationId);
  }).catch(async (error: unknown) => {
    throw await asGuardError(connection, purge, error);
  });
  return { ...draft, definition };
}

/** Protected rows are excepted, as the purge leaves them alone. */
function forbiddenRows({ request, rows, table, protectedSets }: GuardedPurge): string {
  const excepted = protectedSets
    .filter((set) => set.table.root === table.root)
    .map((set) => ` and (${inlinedSql(rowSetCondition(set.rows))}) is not true`);
  return `(${inlinedSql(request.predicate ?? rows.predicate)})${excepted.join('')}`;
}

type Draft = Omit<Guard, 'definition'>;

async function probeCheck(connection: Connection, table: Table, draft: Draft): Promise<string> {
  const copy = new QualifiedName('pg_temp', table.name.name);
  const expression = checkExpression(draft);
  await connection.query(
    sql`create temp table ${rawSql(quoteIdentifier(copy.name))} (like ${table.name})`,
  );
  await connection.query(sql`create index on ${copy} ((1)) where ${rawSql(expression)}`);
  await connection.query(sql`
    alter table ${copy}
      add constraint ${rawSql(quoteIdentifier(draft.name))} check (${rawSql(expression)})
  `);
  await assertImmutable(connection, copy);
  await connection.query(sql`select set_config('search_path', '', true)`);
  const { definition } = await queryOne<{ definition: string }>(
    connection,
    sql`select pg_catalog.pg_get_constraintdef(c.oid) as definition
          from pg_catalog.pg_constraint c
         where c.conrelid = ${copy.quoted}::regclass and c.conname = ${draft.name}`,
  );
  return definition;
}

/** A function that is only called immutable by what it does today may do something else tomorrow. */
class MutableFunction extends Error {}

/** PostgreSQL judges an SQL function by its body where it can; what counts here is what it is declared as. */
async function assertImmutable(connection: Connection, copy: QualifiedName): Promise<void> {
  const { rows } = await connection.query<{ name: string; volatility: string }>(sql`
    select p.oid::regprocedure::text as name,
           case p.provolatile when 's' then 'stable' else 'volatile' end as volatility
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_depend d on d.classid = 'pg_constraint'::regclass and d.objid = c.oid
      left join pg_catalog.pg_operator o
        on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
      join pg_catalog.pg_proc p
        on p.oid = case when d.refclassid = 'pg_proc'::regclass then d.refobjid else o.oprcode end
     where c.conrelid = ${copy.quoted}::regclass and p.provolatile <> 'i'
     order by 1
  `);
  const [found] = rows;
  if (found !== undefined) throw new MutableFunction(`${found.name} is ${found.volatility}`);
}

async function probeTrigger(
  connection: Connection,
  { name }: Table,
  forbidden: string,
): Promise<void> {
  await connection.query(sql`
    select from (select * from ${name} limit 0) as ${rawSql(quoteIdentifier(name.name))}
     where ${rawSql(forbidden)}
  `);
}

async function inSavepoint<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query(rawSql('savepoint hygiene_guard'));
  try {
    return await work();
  } finally {
    if (!connection.isLost()) {
      await connection.query(rawSql('rollback to savepoint hygiene_guard'));
      await connection.query(rawSql('release savepoint hygiene_guard'));
    }
  }
}

/** Not immutable; subquery or set-returning function; aggregate; window function; system column. */
const NOT_EXPRESSIBLE: ReadonlySet<string> = new Set(['42P17', '0A000', '42803', '42P20', '42P10']);

async function asGuardError(
  connection: Connection,
  purge: GuardedPurge,
  error: unknown,
): Promise<unknown> {
  if (error instanceof MutableFunction) return notExpressibleBy(connection, purge, error);
  const facts = databaseErrorFacts(error);
  if (facts === null) return error;
  if (NOT_EXPRESSIBLE.has(facts.sqlstate)) return notExpressibleBy(connection, purge, error);
  const predicate = purge.request.predicate ?? purge.rows.predicate;
  return asPredicateError(error, { table: purge.table.name, predicate });
}

async function notExpressibleBy(
  connection: Connection,
  purge: GuardedPurge,
  cause: unknown,
): Promise<HygieneError> {
  const { table, request, rows } = purge;
  const name = table.name.toString();
  const told = databaseErrorFacts(cause)?.message ?? (cause as Error).message;
  const isProtection = await isProtectionToBlame(connection, purge);
  const predicate = maskedSql(request.predicate ?? rows.predicate);
  const seen = isProtection ? null : visibleObstacle(predicate);
  const subject = isProtection ? 'a protected set of hygiene/config' : 'its predicate';
  const why = seen === null ? `is not fit for one (${told})` : `has ${seen}`;
  return new HygieneError('HYG_REFUSED_GUARD', {
    message: `The seed guard of ${name} cannot be a CHECK: ${subject} ${why}.`,
    hint:
      (table.citus === null ? "Make it a trigger: guard: { as: 'trigger' }\nOr guard" : 'Guard') +
      ' by columns of the table and immutable functions only: guard: sql`…`',
    details: { table: name, reason: told },
    cause,
  });
}

function noTrigger({ name }: Table): HygieneError {
  const table = name.toString();
  return new HygieneError('HYG_REFUSED_GUARD', {
    message: `The seed guard of ${table} cannot be a trigger: Citus has none on the tables of a cluster.`,
    hint: 'Guard by columns of the table and immutable functions only: guard: sql`…`',
    details: { table, reason: 'Citus' },
  });
}

/** Whether the same guard could be a CHECK if the config protected nothing in this table. */
async function isProtectionToBlame(connection: Connection, purge: GuardedPurge): Promise<boolean> {
  const unprotected = { ...purge, protectedSets: [] };
  const forbidden = forbiddenRows(unprotected);
  if (forbidden === forbiddenRows(purge)) return false;
  const { table, request, searchPath } = purge;
  const draft = { name: 'probe', table: table.name, form: request.as, forbidden, searchPath };
  return inSavepoint(connection, () => probeCheck(connection, table, draft)).then(
    () => true,
    () => false,
  );
}
