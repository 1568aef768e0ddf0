import type { Suppression } from '../authoring/define-config.ts';
import { type Catalog, findColumn } from '../catalog/model.ts';
import { resolveTable } from '../catalog/resolve.ts';
import type { Connection } from '../database/connection.ts';
import { databaseErrorFacts } from '../database/sqlstate.ts';
import { HygieneError } from '../kernel/errors.ts';
import { id, sql, type Sql } from '../kernel/sql.ts';
import { type RowSet, rowSetCondition } from '../planner/steps.ts';
import type { Exclusion } from '../scanner/exclusion.ts';
import { resolveProtectedSets } from './protected-sets.ts';

interface Declared {
  readonly protect: readonly RowSet[];
  readonly suppress: readonly Suppression[];
}

/**
 * What the config keeps out of the findings, in this database.
 * @throws HygieneError where a table or column is not there, or a pattern cannot be read: what is misspelt
 * would hide nothing
 */
export async function scanExclusions(
  connection: Connection,
  catalog: Catalog,
  { protect, suppress }: Declared,
): Promise<readonly Exclusion[]> {
  for (const each of suppress) await assertReadable(connection, each);
  const kept = resolveProtectedSets(catalog, protect).map(({ table, rows }) => ({
    table,
    condition: rowSetCondition(rows),
    reason: 'protected' as const,
    says: null,
  }));
  return [...kept, ...suppress.map((each) => suppressed(catalog, each))];
}

async function assertReadable(
  connection: Connection,
  { table, column, pattern }: Suppression,
): Promise<void> {
  const text = typeof pattern === 'string' ? pattern : pattern.source;
  try {
    await connection.query(sql`select '' ~ ${text}`);
  } catch (error) {
    const facts = databaseErrorFacts(error);
    if (facts?.sqlstate !== '2201B') throw error;
    throw new HygieneError('HYG_CONFIG_INVALID', {
      message: `The pattern of the suppression of ${[table].flat().join('.')}.${column} is no regular expression of PostgreSQL: ${facts.message}.`,
      hint: 'Correct `scan.suppress` in hygiene/config.',
      cause: error,
    });
  }
}

function suppressed(catalog: Catalog, suppression: Suppression): Exclusion {
  const { column, reason } = suppression;
  const table = tableOf(catalog, suppression);
  if (findColumn(table, column) === null) {
    throw new HygieneError('HYG_CONFIG_INVALID', {
      message: `A suppression of hygiene/config names a column that is not there: ${table.name.toString()}.${column}.`,
      hint: 'Correct `scan.suppress` in hygiene/config, or remove the entry.',
    });
  }
  return { table, condition: matching(suppression), reason: 'suppressed', says: reason };
}

function tableOf(catalog: Catalog, { table }: Suppression): ReturnType<typeof resolveTable> {
  try {
    return resolveTable(catalog, table);
  } catch (error) {
    if (!(error instanceof HygieneError)) throw error;
    throw new HygieneError(error.code, {
      message: `A suppression of hygiene/config cannot be found: ${error.message}`,
      hint: 'Correct `scan.suppress` in hygiene/config, or remove the entry.',
      cause: error,
    });
  }
}

function matching({ column, pattern }: Suppression): Sql {
  if (typeof pattern === 'string') return sql`${id(column)}::text ~* ${pattern}`;
  return pattern.flags.includes('i')
    ? sql`${id(column)}::text ~* ${pattern.source}`
    : sql`${id(column)}::text ~ ${pattern.source}`;
}
