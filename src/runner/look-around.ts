import { introspect } from '../catalog/introspect.ts';
import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { type Connection, queryOne } from '../database/connection.ts';
import { inReadOnly } from '../database/reading.ts';
import type { ProtectedSet } from '../executor/protected-set.ts';
import { countAll, estimateAll } from '../executor/table-sizes.ts';
import { sql } from '../kernel/sql.ts';
import { rowSetCondition } from '../planner/steps.ts';
import { indexStatement } from '../planner/warnings.ts';
import { type Engine, transactionSettings } from './engine.ts';
import { resolveProtectedSets } from './protected-sets.ts';

/** What a report says of a database beside what its ledger holds. */
export interface Surroundings {
  /** Foreign keys between tables of the application whose child has no index for them. */
  readonly unindexed: readonly {
    readonly table: string;
    readonly constraint: string;
    readonly parent: string;
    readonly sql: string;
  }[];
  readonly protectedRows: readonly { readonly label: string; readonly rows: number }[];
  /** Rows of the named tables; null where there are too many to count. */
  readonly tableRows: ReadonlyMap<string, number | null>;
}

/** Counting so many takes a fraction of a second. */
const COUNTED_MAX = 1_000_000;

/** Looks without touching anything, in a transaction of its own. */
export async function lookAround(
  engine: Engine,
  tables: ReadonlySet<string>,
): Promise<Surroundings> {
  const { session, names, settings } = engine;
  const { connection } = session;
  return inReadOnly(connection, transactionSettings(engine), async () => {
    const catalog = await introspect(connection, {
      excludeSchemas: [names.schema, names.archiveSchema],
    });
    const sets = resolveProtectedSets(catalog, settings.protect);
    return {
      unindexed: unindexedKeys(catalog),
      protectedRows: await countSets(connection, sets),
      tableRows: await countTables(connection, readable(catalog, tables)),
    };
  });
}

function unindexedKeys(catalog: Catalog): Surroundings['unindexed'] {
  return catalog.foreignKeys
    .filter(({ indexed, enforced }) => !indexed && enforced)
    .map(({ name, child, childColumns, parent }) => {
      const table = tableByOid(catalog, child);
      return {
        table: table.name.toString(),
        constraint: name,
        parent: tableByOid(catalog, parent).name.toString(),
        sql: indexStatement(table, childColumns),
      };
    });
}

async function countSets(
  connection: Connection,
  sets: readonly ProtectedSet[],
): Promise<Surroundings['protectedRows']> {
  const counted: { label: string; rows: number }[] = [];
  for (const { label, table, rows } of sets) {
    const count = sql`select count(*)::float8 as rows from ${table.name} where ${rowSetCondition(rows)}`;
    counted.push({ label, ...(await queryOne<{ rows: number }>(connection, count)) });
  }
  return counted;
}

function readable(catalog: Catalog, names: ReadonlySet<string>): readonly Table[] {
  return [...catalog.tables.values()].filter(
    ({ name, privileges }) => privileges.select && names.has(name.toString()),
  );
}

async function countTables(
  connection: Connection,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, number | null>> {
  const estimates = await estimateAll(connection, tables);
  const small = tables.filter((table) => (estimates.get(table) ?? 0) <= COUNTED_MAX);
  const counts = await countAll(connection, small);
  return new Map(tables.map((table) => [table.name.toString(), counts.get(table) ?? null]));
}
