import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';

export interface LeftOut {
  /** For people. */
  readonly table: string;
  readonly reason: string;
  /** Whether rows may be there that nobody has looked at. */
  readonly isBlindSpot: boolean;
}

export interface ChosenTables {
  /** With those that they reference: what a row belongs to says what it is. */
  readonly tables: readonly Table[];
  /** Whether findings of the table were asked for. */
  readonly isWanted: (table: Table) => boolean;
  readonly leftOut: readonly LeftOut[];
}

/**
 * The tables that a scan looks at. The rows of partitions are read through their root; views show rows of
 * tables, and a foreign table is on another server, which a scan does not load.
 */
export function chooseTables(catalog: Catalog, wanted: readonly Table[] | null): ChosenTables {
  const all =
    wanted ?? [...catalog.tables.values()].filter(({ partitionOf }) => partitionOf === null);
  const asked = new Set(all.map(({ oid }) => oid));
  const leftOut = all.flatMap((table): readonly LeftOut[] => {
    const why = whyNot(table);
    return why === null ? [] : [{ table: table.name.toString(), ...why }];
  });
  return {
    tables: withOwners(catalog, all).filter((table) => whyNot(table) === null),
    leftOut,
    isWanted: ({ oid }) => asked.has(oid),
  };
}

function withOwners(catalog: Catalog, tables: readonly Table[]): readonly Table[] {
  const found = new Set(tables.map(({ oid }) => oid));
  // A set grows while it is walked, and the new ones are walked too.
  for (const oid of found) {
    for (const { child, parent } of catalog.foreignKeys) if (child === oid) found.add(parent);
  }
  return [...found].map((oid) => tableByOid(catalog, oid));
}

function whyNot({ kind, privileges, columns, key, citus }: Table): Omit<LeftOut, 'table'> | null {
  if (kind === 'view' || kind === 'materialized view') {
    return { reason: `it is a ${kind}, which shows rows of tables`, isBlindSpot: false };
  }
  if (kind === 'foreign') {
    return { reason: 'it is a foreign table: its rows are on another server', isBlindSpot: true };
  }
  if (citus !== null && key === null) {
    return { reason: 'it has no key to tell its rows in a cluster apart by', isBlindSpot: true };
  }
  if (!privileges.select) return { reason: 'the role may not read it', isBlindSpot: true };
  return columns.length === 0 ? { reason: 'it has no columns', isBlindSpot: false } : null;
}
