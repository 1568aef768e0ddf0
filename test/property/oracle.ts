import type { DependentAction } from '../../src/planner/steps.ts';
import type { ForeignKeySpec, RandomDatabase, Row } from './random-database.ts';

/** What a purge must do, worked out row by row without anything of `src`. */
export type Expected =
  | { readonly kind: 'refused'; readonly codes: readonly string[] }
  | { readonly kind: 'applied'; readonly outcome: Outcome };

/** All lists are by table, in the order of the database's tables. */
export interface Outcome {
  readonly doomed: readonly (readonly Row[])[];
  /** Rows that stay but lose a reference, as they were before. */
  readonly changed: readonly (readonly Row[])[];
  readonly survivors: readonly (readonly Row[])[];
  /** By foreign key: rows that reference doomed rows; only doomed ones where they are purged, else only survivors. */
  readonly edges: ReadonlyMap<string, number>;
  readonly nullPredicateRows: number;
}

type Action = DependentAction | 'undeclared';

/** How PostgreSQL, or a count that does not fit, may stop what could not be seen beforehand. */
const STOPPED_BY_DATABASE = ['HYG_RUN_SQL', 'HYG_RUN_UNPLANNED_CHANGE', 'HYG_RUN_COUNT_MISMATCH'];

export function expectedOutcome(database: RandomDatabase): Expected {
  const reached = reachedTables(database);
  const into = database.foreignKeys.filter(({ parent }) => reached.has(parent));
  if (into.some((key) => isNeverClearable(database, key))) {
    return { kind: 'refused', codes: ['HYG_REFUSED_NULLIFY'] };
  }
  const doomed = doomedRows(database);
  const edges = new Map(into.map((key) => [key, referrers(database, key, doomed)]));
  const nullPredicateRows = (database.rows[0] ?? []).filter(({ flag }) => flag === null).length;
  const after = changedRows(database, edges);
  const codes = [
    ...([...edges].some(
      ([key, rows]) => actionOf(database, key) === 'undeclared' && rows.length > 0,
    )
      ? ['HYG_REFUSED_DEPENDENTS']
      : []),
    ...(isProtectedHit(database, [...doomed, ...after.keys()]) ? ['HYG_REFUSED_PROTECTED'] : []),
    ...(database.mode === 'keep' && nullPredicateRows > 0 ? ['HYG_REFUSED_NULL_KEEP'] : []),
  ];
  if (codes.length > 0) return { kind: 'refused', codes };

  const survivors = database.rows.map((rows) =>
    rows.filter((row) => !doomed.has(row)).map((row) => after.get(row) ?? row),
  );
  if (!isConsistent(database, survivors)) return { kind: 'refused', codes: STOPPED_BY_DATABASE };
  return {
    kind: 'applied',
    outcome: {
      doomed: database.rows.map((rows) => rows.filter((row) => doomed.has(row))),
      changed: database.rows.map((rows) => rows.filter((row) => after.has(row))),
      survivors,
      edges: new Map([...edges].map(([{ name }, rows]) => [name, rows.length])),
      nullPredicateRows,
    },
  };
}

function isProtectedHit({ protectedRow, rows }: RandomDatabase, touched: readonly Row[]): boolean {
  const own = protectedRow === null ? [] : (rows[protectedRow.table] ?? []);
  return own.some((row) => row['tag'] === protectedRow?.tag && touched.includes(row));
}

/** The rows that lose references, with what becomes of them. */
function changedRows(
  database: RandomDatabase,
  edges: ReadonlyMap<ForeignKeySpec, readonly Row[]>,
): ReadonlyMap<Row, Row> {
  const after = new Map<Row, Row>();
  for (const [key, rows] of edges) {
    const action = actionOf(database, key);
    if (action !== 'nullify' && action !== 'default') continue;
    const values = clearedColumns(key).map((column) => {
      const value = action === 'nullify' ? null : fallback(database, key.child, column);
      return [column, value] as const;
    });
    for (const row of rows)
      after.set(row, { ...(after.get(row) ?? row), ...Object.fromEntries(values) });
  }
  return after;
}

function actionOf(
  { dependents, tableActions }: RandomDatabase,
  { declared, child, onDelete }: ForeignKeySpec,
): Action {
  if (dependents === 'all') {
    if (onDelete === 'set null') return 'nullify';
    return onDelete === 'set default' ? 'default' : 'purge';
  }
  return declared ?? tableActions.get(child) ?? 'undeclared';
}

/** Tables that could lose rows if there were some everywhere. */
function reachedTables(database: RandomDatabase): ReadonlySet<number> {
  const reached = new Set([0]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const key of database.foreignKeys) {
      if (reached.has(key.parent) && actionOf(database, key) === 'purge') reached.add(key.child);
    }
  }
  return reached;
}

function isNeverClearable(database: RandomDatabase, key: ForeignKeySpec): boolean {
  const action = actionOf(database, key);
  if (action !== 'nullify' && action !== 'default') return false;
  const columns = database.tables[key.child]?.columns ?? [];
  const primaryKey = database.tables[key.child]?.primaryKey ?? [];
  return clearedColumns(key).some((name) => {
    const column = columns.find((each) => each.name === name);
    const strict = column?.notNull === true || primaryKey.includes(name);
    return strict && (action === 'nullify' || column?.fallback === null);
  });
}

function clearedColumns(key: ForeignKeySpec): readonly string[] {
  return key.setColumns ?? key.childColumns;
}

function fallback(database: RandomDatabase, table: number, column: string): string | null {
  const found = database.tables[table]?.columns.find(({ name }) => name === column);
  return found?.fallback ?? null;
}

function doomedRows(database: RandomDatabase): ReadonlySet<Row> {
  const wanted = database.mode === 'match' ? 'true' : 'false';
  const doomed = new Set((database.rows[0] ?? []).filter(({ flag }) => flag === wanted));
  const purging = database.foreignKeys.filter((key) => actionOf(database, key) === 'purge');
  for (let before = -1; before !== doomed.size;) {
    before = doomed.size;
    for (const key of purging) {
      const parents = (database.rows[key.parent] ?? []).filter((parent) => doomed.has(parent));
      (database.rows[key.child] ?? [])
        .filter((row) => parents.some((parent) => references(key, row, parent)))
        .forEach((row) => doomed.add(row));
    }
  }
  return doomed;
}

function referrers(
  database: RandomDatabase,
  key: ForeignKeySpec,
  doomed: ReadonlySet<Row>,
): readonly Row[] {
  const parents = (database.rows[key.parent] ?? []).filter((parent) => doomed.has(parent));
  const purged = actionOf(database, key) === 'purge';
  return (database.rows[key.child] ?? [])
    .filter((row) => parents.some((parent) => references(key, row, parent)))
    .filter((row) => purged || !doomed.has(row));
}

function references(key: ForeignKeySpec, row: Row, parent: Row): boolean {
  return key.childColumns.every((column, at) => {
    const value = row[column] ?? null;
    return value !== null && value === parent[key.parentColumns[at] ?? ''];
  });
}

/** Whether PostgreSQL would accept these rows. */
function isConsistent(database: RandomDatabase, rows: readonly (readonly Row[])[]): boolean {
  const present = database.tables.every((table, at) =>
    (rows[at] ?? []).every((row) =>
      table.columns.every(({ name, notNull }) => !notNull || (row[name] ?? null) !== null),
    ),
  );
  const referenced = database.foreignKeys.every((key) =>
    (rows[key.child] ?? []).every(
      (row) =>
        key.childColumns.some((column) => (row[column] ?? null) === null) ||
        (rows[key.parent] ?? []).some((parent) => references(key, row, parent)),
    ),
  );
  // Keys end with the row's own tag, or are no columns of a reference: they stay unique.
  return present && referenced;
}
