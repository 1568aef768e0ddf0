import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ForeignKey } from '../../src/catalog/model.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import { type RandomSchema, randomSchemas } from './random-schema.ts';

/** What the schema asks to purge, told without the code under test. */
function isPurged({ catalog, dependents }: RandomSchema): (key: ForeignKey) => boolean {
  return (key) => {
    if (dependents === 'all') return key.onDelete !== 'set null' && key.onDelete !== 'set default';
    const child = catalog.tables.get(key.child)?.name.name ?? '';
    return dependents[`${child}.${key.name}`] === 'purge';
  };
}

/** The tables that are in every set that holds the root and is closed under purged edges. */
function leastClosedSet(schema: RandomSchema): readonly number[] {
  const oids = [...schema.catalog.tables.keys()];
  const purged = schema.catalog.foreignKeys.filter(isPurged(schema));
  const subsets = Array.from({ length: 2 ** oids.length }, (_, bits) =>
    oids.filter((_oid, index) => (bits >> index) % 2 === 1),
  );
  const closed = subsets
    .filter((set) => set.includes(schema.root.oid))
    .filter((set) => purged.every((key) => !set.includes(key.parent) || set.includes(key.child)));
  return oids.filter((oid) => closed.every((set) => set.includes(oid)));
}

test('The closure is the least set of tables that is closed under purged edges', () => {
  fc.assert(
    fc.property(randomSchemas, (schema) => {
      const closure = planClosure(schema.catalog, schema.root, schema.dependents);
      const oids = closure.tables.map((table) => table.oid);
      expect(oids.sort((a, b) => a - b)).toEqual(leastClosedSet(schema));
    }),
    { numRuns: 500 },
  );
});

test('Its edges are exactly the foreign keys that lead into it', () => {
  fc.assert(
    fc.property(randomSchemas, (schema) => {
      const closure = planClosure(schema.catalog, schema.root, schema.dependents);
      const inside = new Set(closure.tables.map((table) => table.oid));
      const expected = schema.catalog.foreignKeys.filter((key) => inside.has(key.parent));
      const edges = closure.edges.map((edge) => edge.foreignKey);
      expect(edges).toHaveLength(expected.length);
      expect(new Set(edges)).toEqual(new Set(expected));
      expect(
        closure.edges.filter((edge) => edge.action === 'purge').map((edge) => edge.foreignKey),
      ).toEqual(edges.filter(isPurged(schema)));
    }),
    { numRuns: 300 },
  );
});
