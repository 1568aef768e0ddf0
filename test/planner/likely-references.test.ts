import { describe, expect, test } from '@jest/globals';

import type { Catalog, Column } from '../../src/catalog/model.ts';
import { likelyReferences } from '../../src/planner/likely-references.ts';
import { catalogOf, tableNamed } from './catalog-of.ts';

function foundIn(catalog: Catalog, ...parents: readonly string[]): readonly string[] {
  const tables = parents.map((name) => tableNamed(catalog, name));
  return likelyReferences(catalog, tables).map(
    ({ child, column, parent }) => `${child.name.name}.${column} -> ${parent.name.name}`,
  );
}

function column(name: string, type: string): Column {
  return { name, type, notNull: true, hasDefault: false, generated: null, identity: null };
}

function typed(key: string, reference: string): Catalog {
  return catalogOf({
    users: { columns: [column('id', key)] },
    notes: { columns: [column('user_id', reference)] },
  });
}

describe('a column is a likely reference', () => {
  test.each([
    ['users', 'user_id'],
    ['users', 'users_id'],
    ['user', 'user_id'],
    ['User', 'userId'],
    ['categories', 'category_id'],
    ['boxes', 'box_id'],
    ['addresses', 'address_id'],
    ['order_items', 'order_item_id'],
    ['staff', 'staff_id'],
  ])('by the name of its table: %s by %s', (parent, column) => {
    const catalog = catalogOf({ [parent]: {}, notes: { nullable: [column, 'other_id'] } });
    expect(foundIn(catalog, parent)).toEqual([`notes.${column} -> ${parent}`]);
  });

  test('by the name of the key, where that says the table already', () => {
    const catalog = catalogOf({
      users: { columns: [column('user_id', 'bigint')], key: ['user_id'] },
      notes: { required: ['user_id'] },
    });
    expect(foundIn(catalog, 'users')).toEqual(['notes.user_id -> users']);
  });

  test.each([
    ['bigint', 'integer'],
    ['uuid', 'uuid'],
    ['character varying(20)', 'text'],
  ])('of the same kind as the key: %s and %s', (key, column) => {
    expect(foundIn(typed(key, column), 'users')).toEqual(['notes.user_id -> users']);
  });

  test.each([
    ['bigint', 'text'],
    ['uuid', 'bigint'],
  ])('not of another kind than the key: %s and %s', (key, column) => {
    expect(foundIn(typed(key, column), 'users')).toEqual([]);
  });
});

describe('a column is none', () => {
  test.each([
    [
      'that a foreign key covers',
      catalogOf({ users: {}, notes: { required: ['user_id'] } }, [
        { from: 'notes', to: 'users', childColumns: ['user_id'] },
      ]),
    ],
    ['of the table itself', catalogOf({ users: { required: ['user_id'] } })],
    [
      'of another schema',
      catalogOf({ users: {}, notes: { schema: 'billing', required: ['user_id'] } }),
    ],
    ['of a view', catalogOf({ users: {}, notes: { kind: 'view', required: ['user_id'] } })],
    ['of a partition', catalogOf({ users: {}, notes: { partitionOf: 1, required: ['user_id'] } })],
    [
      'of a table whose key has two columns',
      catalogOf({ users: { key: ['id', 'tenant'] }, notes: { required: ['user_id'] } }),
    ],
    [
      'of a table without a key',
      catalogOf({ users: { key: null }, notes: { required: ['user_id'] } }),
    ],
  ])('%s', (_why, catalog) => {
    expect(foundIn(catalog, 'users')).toEqual([]);
  });
});
