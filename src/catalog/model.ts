import type { QualifiedName } from '../kernel/identifiers.ts';

/** What pg_catalog says about the database, as data. Made once per command by `introspect`. */

export type TableKind = 'table' | 'partitioned' | 'view' | 'materialized view' | 'foreign';
export type Persistence = 'permanent' | 'unlogged' | 'temporary';

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes the type: `character varying(20)`, `timestamp with time zone`. */
  readonly type: string;
  readonly notNull: boolean;
  /** A DEFAULT clause; identity and generated columns have none. */
  readonly hasDefault: boolean;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
}

export type TriggerEvent = 'insert' | 'update' | 'delete' | 'truncate';

/** A trigger that a person declared, on the table where it was declared. */
export interface Trigger {
  readonly name: string;
  readonly timing: 'before' | 'after' | 'instead of';
  readonly level: 'row' | 'statement';
  readonly events: readonly TriggerEvent[];
  readonly function: QualifiedName;
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled';
}

/** Rights of the current role. */
interface Privileges {
  /** The role is the owner, or has the rights of the owner. */
  readonly owner: boolean;
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  readonly truncate: boolean;
  readonly references: boolean;
}

/** How Citus keeps the rows of a table that it knows. */
export interface CitusPlacement {
  /**
   * `distributed`: divided by a column. `single shard`: whole on one node. `reference`: whole on every
   * node. `local`: on the coordinator, since a foreign key leads to a reference table.
   */
  readonly kind: 'distributed' | 'single shard' | 'reference' | 'local';
  /** The column by whose hash the rows are divided; null where they are not, or by ranges. */
  readonly column: string | null;
}

export interface Table {
  readonly oid: number;
  readonly name: QualifiedName;
  readonly kind: TableKind;
  readonly persistence: Persistence;
  readonly columns: readonly Column[];
  /**
   * The columns that identify a row: the primary key, else the smallest unique index that no NULL
   * can slip through; null where there is neither.
   */
  readonly key: readonly string[] | null;
  /** Key columns of each index that can answer an equality: valid, not partial, btree or hash. */
  readonly indexes: readonly (readonly string[])[];
  /** The partitioned table whose partition this is. */
  readonly partitionOf: number | null;
  /** Direct partitions. */
  readonly partitions: readonly number[];
  /** The topmost partitioned ancestor, or the table itself. */
  readonly root: number;
  /** Tables that INHERIT from this one and are no partitions: a plain SELECT reads their rows too. */
  readonly inheritanceChildren: readonly number[];
  /** Null: an ordinary table, as all are where there is no Citus. */
  readonly citus: CitusPlacement | null;
  /** Row-level security would hide rows from the current role. */
  readonly rowSecurity: boolean;
  readonly privileges: Privileges;
  readonly triggers: readonly Trigger[];
  /** Rules that replace or extend a DELETE. */
  readonly deleteRules: readonly string[];
  /** What PostgreSQL refuses, since it is published and no replica identity tells the rows apart. */
  readonly unreplicable: readonly ('update' | 'delete')[];
  /** From the statistics, partitions added up; null where nothing was ever analyzed. */
  readonly estimatedRows: number | null;
}

export type OnDelete = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

/** A foreign key as it was declared; the copies that PostgreSQL makes for partitions are left out. */
export interface ForeignKey {
  readonly oid: number;
  readonly name: string;
  /** The referencing table. */
  readonly child: number;
  readonly childColumns: readonly string[];
  /** The referenced table. */
  readonly parent: number;
  /** In the order of `childColumns`. */
  readonly parentColumns: readonly string[];
  readonly onDelete: OnDelete;
  /** The columns that ON DELETE SET NULL / SET DEFAULT changes; null means all of them. */
  readonly setColumns: readonly string[] | null;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  /** False: NOT VALID, older rows may reference nothing. */
  readonly validated: boolean;
  /** False: NOT ENFORCED, PostgreSQL checks and cascades nothing. */
  readonly enforced: boolean;
  /** The last column on each side is a period: together, the referenced rows cover the one of the child. */
  readonly period: boolean;
  /** An index of the child leads with the child columns, so that a check is no scan. */
  readonly indexed: boolean;
}

export interface CatalogParts {
  readonly tables: readonly Table[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly searchPath: readonly string[];
}

export interface Catalog {
  /** By oid. */
  readonly tables: ReadonlyMap<number, Table>;
  /** By schema and name; ask {@link findTable}. */
  readonly tablesByName: ReadonlyMap<string, Table>;
  readonly foreignKeys: readonly ForeignKey[];
  /** By the oid of the referenced table; ask `incomingForeignKeys` of the graph. */
  readonly foreignKeysByParent: ReadonlyMap<number, readonly ForeignKey[]>;
  /** Schemas that unqualified names are looked up in, in their order. */
  readonly searchPath: readonly string[];
}

export function createCatalog(parts: CatalogParts): Catalog {
  return {
    tables: new Map(parts.tables.map((table) => [table.oid, table])),
    tablesByName: new Map(
      parts.tables.map((table) => [nameKey(table.name.schema, table.name.name), table]),
    ),
    foreignKeys: parts.foreignKeys,
    foreignKeysByParent: groupByParent(parts.foreignKeys),
    searchPath: parts.searchPath,
  };
}

/** The table of an oid that came from the same catalog. */
export function tableByOid(catalog: Catalog, oid: number): Table {
  const table = catalog.tables.get(oid);
  if (table === undefined) throw new Error(`the catalog has no table with oid ${oid}`);
  return table;
}

/** The table of exactly this name, or null. */
export function findTable(catalog: Catalog, schema: string, name: string): Table | null {
  return catalog.tablesByName.get(nameKey(schema, name)) ?? null;
}

/** The first table of this name in the search path, or null. */
export function findInSearchPath(catalog: Catalog, name: string): Table | null {
  for (const schema of catalog.searchPath) {
    const table = findTable(catalog, schema, name);
    if (table !== null) return table;
  }
  return null;
}

export function findColumn(table: Table, name: string): Column | null {
  return table.columns.find((column) => column.name === name) ?? null;
}

/** Whether one of the indexes leads with exactly these columns, in any order. */
export function isIndexed(indexes: Table['indexes'], columns: readonly string[]): boolean {
  return indexes.some((index) => {
    const leading = new Set(index.slice(0, columns.length));
    return columns.every((column) => leading.has(column));
  });
}

function groupByParent(keys: readonly ForeignKey[]): ReadonlyMap<number, readonly ForeignKey[]> {
  const groups = new Map<number, ForeignKey[]>();
  for (const key of keys) {
    const group = groups.get(key.parent);
    if (group === undefined) groups.set(key.parent, [key]);
    else group.push(key);
  }
  return groups;
}

function nameKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
