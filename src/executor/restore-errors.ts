import { type Catalog, findTable, type Table, tableByOid } from '../catalog/model.ts';
import { firingTriggers } from '../catalog/partitions.ts';
import type { Connection } from '../database/connection.ts';
import { withoutShard } from '../database/dialect/citus.ts';
import {
  type DatabaseErrorFacts,
  databaseErrorFacts,
  isConnectionError,
  isRetryable,
  sqlstate,
} from '../database/sqlstate.ts';
import { counted, grouped } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import { sql } from '../kernel/sql.ts';
import { fewLines } from '../policy/few-lines.ts';
import { type Conflict, countWithoutParent, listExisting } from './restore-conflicts.ts';
import type { Proof } from './restore-sql.ts';
import type { RestoreUnit } from './restore-units.ts';

export interface RestoreFailure {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly migrationId: string;
  readonly skipExisting: boolean;
  readonly units: readonly RestoreUnit[];
  /** At work when it failed. */
  readonly current: readonly RestoreUnit[];
}

/**
 * What PostgreSQL refused, in terms of the rows that were to go back. Everything was rolled back to before
 * the restore, so that the tables can be asked.
 */
export async function asRestoreError(error: unknown, failure: RestoreFailure): Promise<unknown> {
  const facts = databaseErrorFacts(error);
  if (facts === null || isRetryable(error) || isConnectionError(error)) return error;
  switch (facts.sqlstate) {
    case sqlstate.uniqueViolation:
    case sqlstate.exclusionViolation:
      return existing(failure, facts);
    case sqlstate.foreignKeyViolation:
      return withoutParent(failure, facts);
    case sqlstate.checkViolation:
    case sqlstate.notNullViolation:
      return refusedByConstraint(facts);
    default:
      return otherwise(error, facts, failure);
  }
}

async function existing(
  { connection, units, migrationId, skipExisting }: RestoreFailure,
  facts: DatabaseErrorFacts,
): Promise<HygieneError> {
  const conflicts = skipExisting ? [] : await listExisting(connection, units);
  if (conflicts.length > 0) return conflictError(migrationId, conflicts);
  return new HygieneError('HYG_REFUSED_RESTORE_CONFLICT', {
    message: `${facts.table ?? 'A table'} has rows that exclude archived ones by ${facts.constraint ?? 'a constraint'}. Nothing was changed.`,
    hint: 'Look for them by the definition of that index or constraint: --skip-existing knows plain unique indexes only.',
    details: { table: facts.table, constraint: facts.constraint },
  });
}

/** Which rows are in the way, and how to restore the others. */
export function conflictError(migrationId: string, conflicts: readonly Conflict[]): HygieneError {
  const lines = conflicts.map(({ table, rows, keys, reason }) => {
    const what =
      reason === 'exists'
        ? `${counted(rows, 'archived row')} ${rows === 1 ? 'exists' : 'exist'} again`
        : `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'} changed or removed since`;
    const more = keys.length < rows && keys.length > 0 ? ', …' : '';
    return `  ${table}: ${what}${keys.length === 0 ? '' : ` (key ${keys.join('; ')}${more})`}`;
  });
  return new HygieneError('HYG_REFUSED_RESTORE_CONFLICT', {
    message: [
      'Something else is where archived rows were. Nothing was changed:',
      ...fewLines(lines, 6, (more) => `  and ${String(more)} more tables`),
    ].join('\n'),
    hint: `To leave these and restore the others: hygiene restore ${migrationId} --skip-existing`,
    details: { conflicts },
  });
}

async function withoutParent(
  { connection, catalog, units, current }: RestoreFailure,
  facts: DatabaseErrorFacts,
): Promise<HygieneError> {
  const found = tableOf(catalog, facts);
  const named = [facts.constraint, withoutShard(facts.constraint ?? '')];
  const foreignKey = catalog.foreignKeys.find(
    ({ name, child }) => named.includes(name) && tableByOid(catalog, child).root === found?.root,
  );
  const name = found?.name.toString() ?? facts.table ?? 'A table';
  if (foreignKey === undefined) return parentGone(name, facts, null);
  const parent = tableByOid(catalog, foreignKey.parent);
  // Which rows of a cluster lack something cannot be asked there.
  if (parent.citus !== null) return parentGone(name, facts, { parent, rows: 0 });
  let rows = 0;
  for (const child of units.filter(({ table }) => table.root === found?.root)) {
    const edge = { foreignKey, child, parent: sql`${parent.name}` };
    rows += await countWithoutParent(connection, units, edge);
  }
  const triggers = suspects(catalog, current);
  const isSwallowed = rows === 0 && triggers.length > 0;
  return isSwallowed ? swallowed(name, triggers) : parentGone(name, facts, { parent, rows });
}

function tableOf(catalog: Catalog, { schema, table }: DatabaseErrorFacts): Table | null {
  if (table === null) return null;
  return (
    findTable(catalog, schema ?? '', table) ?? findTable(catalog, schema ?? '', withoutShard(table))
  );
}

/** All that the archived rows reference is there or in the archive, and yet something was missing. */
function swallowed(table: string, triggers: readonly string[]): HygieneError {
  return new HygieneError('HYG_RUN_RESTORE_DIFFERS', {
    message: `A row that rows of ${table} reference was in the archive, but did not go back as it was. Everything was rolled back.`,
    hint: `Look at ${triggers.join(', ')}: a trigger must have altered or swallowed it.`,
    details: { table, triggers },
  });
}

function parentGone(
  table: string,
  facts: DatabaseErrorFacts,
  known: { readonly parent: Table; readonly rows: number } | null,
): HygieneError {
  const rows = known === null || known.rows === 0 ? 'rows' : counted(known.rows, 'row');
  const parent = known === null ? 'another table' : known.parent.name.toString();
  return new HygieneError('HYG_REFUSED_RESTORE_PARENT', {
    message: `${rows} of ${table} in the archive reference rows of ${parent} that are gone (${facts.constraint ?? 'a foreign key'}). Nothing was changed.`,
    hint: `They were removed since, and not by this migration. If another migration did it, restore that one first; else put the rows of ${parent} back.`,
    details: { table, constraint: facts.constraint, rows: known?.rows ?? null },
  });
}

function refusedByConstraint(facts: DatabaseErrorFacts): HygieneError {
  const table = facts.table ?? 'A table';
  const rule = facts.constraint ?? `NOT NULL of ${facts.column ?? 'a column'}`;
  return new HygieneError('HYG_REFUSED_RESTORE_SCHEMA', {
    message: `${table} does not take its archived rows any more: ${rule} refuses them. Nothing was changed.`,
    hint: rule.startsWith('hygiene_guard_')
      ? 'It is the seed guard of another migration: hygiene guard list   tells whose. Drop it first: hygiene guard drop ID --reason TEXT'
      : `If the rule came after the purge (such as a new NOT NULL), drop it first: \\d ${table}`,
    details: { table: facts.table, constraint: facts.constraint, column: facts.column },
  });
}

function otherwise(
  error: unknown,
  facts: DatabaseErrorFacts,
  { catalog, current }: RestoreFailure,
): unknown {
  const tables = current.map(({ table }) => table.name.toString()).join(', ');
  const converted = current.flatMap(({ table, columns }) =>
    columns
      .filter(({ convertedFrom }) => convertedFrom !== null)
      .map(
        (column) =>
          `${table.name.toString()}.${column.name}: ${column.convertedFrom ?? ''} → ${column.type}`,
      ),
  );
  const isAboutTypes = /^22|^42804$|^42846$/.test(facts.sqlstate);
  if (isAboutTypes && converted.length > 0) {
    return new HygieneError('HYG_REFUSED_RESTORE_SCHEMA', {
      message: `Archived values do not fit the types of today (${facts.message}). Nothing was changed:\n  ${converted.join('\n  ')}`,
      hint: 'Put the type back for the restore, or copy the rows by hand with a conversion of your own.',
      details: { columns: converted, sqlstate: facts.sqlstate },
    });
  }
  if (!facts.sqlstate.startsWith('P0')) return error;
  const triggers = suspects(catalog, current);
  return new HygieneError('HYG_RUN_SQL', {
    message: `The restore of ${tables} was rolled back: ${facts.message} (SQLSTATE ${facts.sqlstate})`,
    hint:
      triggers.length === 0 ? 'Nothing was kept.' : `Look at the triggers: ${triggers.join(', ')}`,
    details: { ...facts },
    cause: error,
  });
}

/** A trigger or rule has altered or swallowed rows on their way back. */
export function differs(
  catalog: Catalog,
  unit: RestoreUnit,
  { archived, restored }: { readonly archived: Proof; readonly restored: Proof },
): HygieneError {
  const table = unit.table.name.toString();
  const triggers = suspects(catalog, [unit]);
  const what =
    archived.rows === restored.rows
      ? `${counted(archived.rows, 'row')} went back, but not all with the values that the archive has`
      : `${counted(archived.rows, 'row')} were to go back, but ${grouped(restored.rows)} did`;
  return new HygieneError('HYG_RUN_RESTORE_DIFFERS', {
    message: `${table}: ${what}. Everything was rolled back.`,
    hint:
      triggers.length === 0
        ? `Look for a rule, or a trigger of a partition, on ${table}: \\d ${table}`
        : `Look at ${triggers.join(', ')}. To go without one: alter table ${table} disable trigger NAME, and enable it after.`,
    details: { table, archived: archived.rows, restored: restored.rows, triggers },
  });
}

/** The triggers that fire when rows go back, as `name on table`. */
export function suspects(
  catalog: Catalog,
  units: readonly Pick<RestoreUnit, 'table' | 'kind'>[],
): readonly string[] {
  const names = units.flatMap(({ table, kind }) =>
    firingTriggers(catalog, table, kind === 'rows' ? 'insert' : 'update').map(
      ({ table: owner, trigger }) => `${trigger.name} on ${owner.name.toString()}`,
    ),
  );
  return [...new Set(names)];
}
