import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { DependentAction } from '../../src/planner/steps.ts';
import { useDatabase } from '../support/database.ts';
import { checkPurge, openWorld, type PurgeWorld } from './check-purge.ts';
import { expectedOutcome } from './oracle.ts';
import type {
  ColumnSpec,
  ForeignKeySpec,
  RandomDatabase,
  Row,
  TableSpec,
} from './random-database.ts';

interface Reference {
  readonly from: number;
  readonly to: number;
  readonly column: string;
  readonly action: DependentAction;
}

const column = (name: string, changes: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name,
  type: 'integer',
  notNull: false,
  fallback: null,
  ...changes,
});

/** Tables with `id`, `tag`, `flag`, `code`, and columns `a` and `b` for references; `b` defaults to 1. */
const table = (name: string, primaryKey: TableSpec['primaryKey'] = ['id']): TableSpec => ({
  schema: 'public',
  name,
  columns: [
    column('id', { notNull: true }),
    column('tag', { notNull: true }),
    column('flag', { type: 'boolean' }),
    column('code', { type: 'text' }),
    column('a'),
    column('b', { fallback: '1' }),
  ],
  primaryKey,
});

const row = (id: number, a: string | null = null, b: string | null = null): Row => ({
  id: String(id),
  tag: String(id),
  flag: String(id === 0),
  code: null,
  a,
  b,
});

function databaseOf(
  tables: RandomDatabase['tables'],
  rows: RandomDatabase['rows'],
  references: readonly Reference[],
): RandomDatabase {
  const foreignKeys = references.map(({ from, to, column: name, action }, at): ForeignKeySpec => ({
    name: `fk${at}`,
    child: from,
    parent: to,
    childColumns: [name],
    parentColumns: ['id'],
    onDelete: 'no action',
    setColumns: null,
    deferral: '',
    indexed: false,
    declared: action,
  }));
  const dependents = Object.fromEntries(
    references.map(({ from, action }, at) => [`${tables[from]?.name ?? ''}.fk${at}`, action]),
  );
  return {
    tables,
    foreignKeys,
    rows,
    tableActions: new Map(),
    dependents,
    mode: 'match',
    protectedRow: null,
  };
}

describe('what random databases have found', () => {
  const database = useDatabase();
  let world: PurgeWorld;

  beforeAll(async () => {
    world = await openWorld(database);
  });

  afterAll(() => world.bench.close());

  const parents = [row(0), row(1), row(2)];
  const children = [row(0, '0', '0'), row(1, '0', '2'), row(2, '2', '0'), row(3, '2', '2')];
  const clearing: readonly Reference[] = [
    { from: 1, to: 0, column: 'a', action: 'nullify' },
    { from: 1, to: 0, column: 'b', action: 'default' },
  ];

  test.each([
    ['with a key', ['id'] as const],
    ['without a key', null],
    ['with a key of which one is a part', ['id', 'b'] as const],
  ])('A row %s that loses two references is archived and changed once', async (_, key) => {
    const random = databaseOf([table('p'), table('d', key)], [parents, children], clearing);
    expect(expectedOutcome(random).kind).toBe('applied');
    await checkPurge(world, random);
  });

  test('Tables may have the short names that statements use for others', async () => {
    const random = databaseOf(
      [table('p'), table('d'), table('w')],
      [parents, [row(0, '0'), row(1, null, '0'), row(2, '2')], [row(0, '1'), row(1, '2')]],
      [
        { from: 1, to: 0, column: 'a', action: 'purge' },
        { from: 1, to: 1, column: 'b', action: 'purge' },
        { from: 2, to: 1, column: 'a', action: 'nullify' },
      ],
    );
    expect(expectedOutcome(random).kind).toBe('applied');
    await checkPurge(world, random);
  });

  test('A table called like the changes of another has an archive of its own', async () => {
    const random = databaseOf(
      [table('users'), table('accounts'), table('accounts_mutations')],
      [parents, [row(0, '0'), row(1, '1')], [row(0, '0'), row(1, '1')]],
      [
        { from: 1, to: 0, column: 'a', action: 'nullify' },
        { from: 2, to: 0, column: 'a', action: 'purge' },
      ],
    );
    expect(expectedOutcome(random).kind).toBe('applied');
    await checkPurge(world, random);
  });
});
