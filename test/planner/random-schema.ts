import fc from 'fast-check';
import type { Catalog, OnDelete, Table } from '../../src/catalog/model.ts';
import { tableByOid } from '../../src/catalog/model.ts';
import type { DependentAction, Dependents } from '../../src/planner/steps.ts';
import { catalogOf, type ForeignKeySketch } from './catalog-of.ts';

export interface RandomSchema {
  readonly catalog: Catalog;
  readonly root: Table;
  readonly dependents: Dependents;
}

const TABLES = ['t0', 't1', 't2', 't3', 't4', 't5'];
const COLUMNS = ['a', 'b', 'c'];
const ON_DELETE: readonly OnDelete[] = [
  'no action',
  'restrict',
  'cascade',
  'set null',
  'set default',
];
const ACTIONS: readonly DependentAction[] = ['purge', 'purge', 'purge', 'nullify', 'default'];

/**
 * Foreign keys at random between a few tables: references to the own table, several between two
 * tables, composite ones, circles; with dependents for some of those that lead to the root.
 */
export const randomSchemas: fc.Arbitrary<RandomSchema> = fc
  .record({
    size: fc.integer({ min: 1, max: TABLES.length }),
    keys: fc.array(
      fc.record({
        from: fc.nat(),
        to: fc.nat(),
        onDelete: fc.constantFrom(...ON_DELETE),
        childColumns: fc.subarray(COLUMNS, { minLength: 1, maxLength: 2 }),
        action: fc.option(fc.constantFrom(...ACTIONS), { freq: 5 }),
      }),
      { maxLength: 10 },
    ),
    all: fc.nat({ max: 4 }),
  })
  .map(({ size, keys, all }) => {
    const tableAt = (index: number): string => TABLES[index % size] ?? 't0';
    const foreignKeys: readonly ForeignKeySketch[] = keys.map((key, index) => ({
      from: tableAt(key.from),
      to: tableAt(key.to),
      name: `fk${index}`,
      onDelete: key.onDelete,
      childColumns: key.childColumns,
      parentColumns: key.childColumns,
    }));
    const tables = TABLES.slice(0, size).map((name) => [name, { nullable: COLUMNS }] as const);
    const catalog = catalogOf(Object.fromEntries(tables), foreignKeys);
    const leading = leadingTo(catalog, 1);
    const declared = catalog.foreignKeys.flatMap((key, index) => {
      const action = keys[index]?.action ?? null;
      const child = tableByOid(catalog, key.child).name.name;
      return action !== null && leading.has(key.oid)
        ? [[`${child}.${key.name}`, action] as const]
        : [];
    });
    return {
      catalog,
      root: tableByOid(catalog, 1),
      dependents: all === 0 ? 'all' : Object.fromEntries(declared),
    };
  });

/** The oids of all foreign keys that lead to the table, directly or not, by brute force. */
function leadingTo(catalog: Catalog, root: number): ReadonlySet<number> {
  const reached = new Set([root]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const key of catalog.foreignKeys) if (reached.has(key.parent)) reached.add(key.child);
  }
  return new Set(
    catalog.foreignKeys.filter((key) => reached.has(key.parent)).map((key) => key.oid),
  );
}
