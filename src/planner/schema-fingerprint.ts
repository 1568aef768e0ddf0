import { type Catalog, type Table, tableByOid } from '../catalog/model.ts';
import { sha256 } from '../kernel/digest.ts';

/**
 * By table, a hash of what a plan relies on: columns, key, triggers, rules, and every foreign key from or
 * to the table. Indexes, statistics and rights are left out: they change how a plan goes, not what it does.
 */
export function schemaFingerprints(
  catalog: Catalog,
  tables: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const known = [...catalog.tables.values()].filter(({ name }) => tables.has(name.toString()));
  const hashes = known.map((table): readonly [string, string] => [
    table.name.toString(),
    sha256(JSON.stringify(shapeOf(catalog, table))),
  ]);
  return Object.fromEntries(hashes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function shapeOf(catalog: Catalog, table: Table): unknown {
  const { kind, persistence, columns, key, triggers, deleteRules, rowSecurity } = table;
  const nameOf = (oid: number): string => tableByOid(catalog, oid).name.quoted;
  const keys = catalog.foreignKeys
    .filter(({ child, parent }) => child === table.oid || parent === table.oid)
    .map((each) => {
      const named = { ...each, child: nameOf(each.child), parent: nameOf(each.parent) };
      return JSON.stringify({ ...named, oid: null, indexed: null });
    })
    .sort();
  const declared = triggers.map((trigger) => JSON.stringify(trigger)).sort();
  return { kind, persistence, columns, key, declared, deleteRules, rowSecurity, keys };
}
