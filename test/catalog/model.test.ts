import { describe, expect, test } from '@jest/globals';
import { incomingForeignKeys } from '../../src/catalog/graph.ts';
import { findInSearchPath, isIndexed, tableByOid } from '../../src/catalog/model.ts';
import { catalogOf, tableNamed } from '../planner/catalog-of.ts';

describe('isIndexed', () => {
  const indexes = [['a', 'b', 'c'], ['d']];

  test.each([[['a']], [['b', 'a']], [['c', 'a', 'b']], [['d']]])(
    'finds an index for %j',
    (columns) => {
      expect(isIndexed(indexes, columns)).toBe(true);
    },
  );

  test.each([[['b']], [['a', 'c']], [['d', 'a']], [['a', 'b', 'c', 'd']]])(
    'finds none for %j',
    (columns) => {
      expect(isIndexed(indexes, columns)).toBe(false);
    },
  );
});

describe('Tables', () => {
  const catalog = catalogOf({ users: {}, Users: { schema: 'app' } }, [], ['app', 'public']);

  test('are found by oid, and an unknown oid is a defect', () => {
    expect(tableByOid(catalog, 2).name.name).toBe('Users');
    expect(() => tableByOid(catalog, 3)).toThrow('no table with oid 3');
  });

  test('are found in the search path, in its order', () => {
    expect(findInSearchPath(catalog, 'users')).toBe(tableNamed(catalog, 'users'));
    expect(findInSearchPath(catalog, 'Users')).toBe(tableNamed(catalog, 'Users'));
    expect(findInSearchPath(catalog, 'USERS')).toBeNull();
  });
});

test('A leaf shares the foreign keys of its ancestors and not those of its siblings', () => {
  const catalog = catalogOf(
    {
      events: { kind: 'partitioned', partitions: [2, 3] },
      one: { partitionOf: 1, root: 1 },
      two: { partitionOf: 1, root: 1 },
      users: {},
    },
    [
      { from: 'users', to: 'events', name: 'to_root' },
      { from: 'users', to: 'one', name: 'to_one' },
    ],
  );
  const names = (keys: readonly { readonly name: string }[]): readonly string[] =>
    keys.map((key) => key.name);
  expect(names(incomingForeignKeys(catalog, tableNamed(catalog, 'two')))).toEqual(['to_root']);
  expect(names(incomingForeignKeys(catalog, tableNamed(catalog, 'events')))).toEqual([
    'to_root',
    'to_one',
  ]);
});
