import { describe, expect, test } from '@jest/globals';

import type { Catalog, Table } from '../../src/catalog/model.ts';
import type {
  KeyWindowFacts,
  TableWindowFacts,
  WindowFacts,
} from '../../src/catalog/window-facts.ts';
import { QualifiedName } from '../../src/kernel/identifiers.ts';
import { estimateDelete } from '../../src/planner/build-plan.ts';
import { chooseStrategy, type StrategyQuestion } from '../../src/planner/choose-strategy.ts';
import { planClosure } from '../../src/planner/plan-closure.ts';
import type { StrategyChoice } from '../../src/planner/strategy.ts';
import { catalogOf, type ForeignKeySketch, tableNamed, type TableSketch } from './catalog-of.ts';

interface World {
  readonly tables?: Readonly<Record<string, TableSketch>>;
  readonly keys?: readonly ForeignKeySketch[];
  /** Rows and doomed rows by table. */
  readonly rows?: Readonly<Record<string, readonly [rows: number, doomed: number]>>;
  readonly tableFacts?: Readonly<Record<string, Partial<TableWindowFacts>>>;
  readonly keyFacts?: Readonly<Record<string, Partial<KeyWindowFacts>>>;
  readonly server?: number;
  readonly question?: Partial<StrategyQuestion>;
}

const SHOP: readonly ForeignKeySketch[] = [{ from: 'sessions', to: 'users' }];
const MOSTLY: World['rows'] = { users: [300_000, 270_000], sessions: [600_000, 540_000] };

function shopOf({ tables, keys = SHOP }: World): Catalog {
  return catalogOf({ users: {}, sessions: { required: ['users_id'] }, ...tables }, keys);
}

function factsOf(catalog: Catalog, { tableFacts, keyFacts, server = 180_000 }: World): WindowFacts {
  const plain = { rules: [], publications: [], unproven: [], neverNull: [], inherits: false };
  const key = {
    definition: 'foreign key …',
    comment: null,
    isSwitchedOff: false,
    hasCopies: false,
    foreignOwner: null,
  };
  return {
    serverVersion: server,
    tables: new Map(
      [...catalog.tables.values()].map((table) => [
        table.oid,
        { ...plain, ...tableFacts?.[table.name.name] },
      ]),
    ),
    keys: new Map(
      catalog.foreignKeys.map((each) => [each.oid, { ...key, ...keyFacts?.[each.name] }]),
    ),
  };
}

function choiceOf(world: World = {}): StrategyChoice {
  const catalog = shopOf(world);
  const closure = planClosure(catalog, tableNamed(catalog, 'users'), 'all');
  const rows = world.rows ?? MOSTLY ?? {};
  const entry = (table: Table, at: 0 | 1): readonly [Table, number] => [
    table,
    rows[table.name.name]?.[at] ?? 0,
  ];
  const counts = {
    doomed: new Map(closure.tables.map((table) => entry(table, 1))),
    totals: new Map(closure.tables.map((table) => entry(table, 0))),
    edges: new Map(),
    nullPredicateRows: 0,
  };
  const question: StrategyQuestion = {
    closure,
    counts,
    archive: false,
    window: 'maintenance',
    facts: factsOf(catalog, world),
    isFreeForm: false,
    asked: null,
    ...world.question,
  };
  return chooseStrategy(catalog, question, estimateDelete({ closure, counts, archive: false }));
}

function obstacles({ options }: StrategyChoice): Readonly<Record<string, string | null>> {
  return Object.fromEntries(options.map(({ strategy, obstacle }) => [strategy, obstacle]));
}

function names(tables: readonly Table[]): readonly string[] {
  return tables.map(({ name }) => name.name);
}

describe('the choice', () => {
  test('online is delete, and says what the window would open', () => {
    const choice = choiceOf({ question: { window: 'online', facts: null } });
    expect(choice).toMatchObject({ strategy: 'delete', rewritten: [], detached: [] });
    expect(obstacles(choice)).toEqual({
      delete: null,
      detach: 'only in the maintenance window (--maintenance)',
      rewrite: 'only in the maintenance window (--maintenance)',
    });
  });

  test('is rewrite where most rows go', () => {
    const choice = choiceOf();
    expect(choice.strategy).toBe('rewrite');
    expect(names(choice.rewritten)).toEqual(['users', 'sessions']);
    expect(choice.detached).toMatchObject([{ how: 'not enforced' }]);
  });

  test('is delete where checking each row that goes is less than checking all that stay', () => {
    const choice = choiceOf({ rows: { users: [300_000, 15_000], sessions: [600_000, 30_000] } });
    expect(choice.strategy).toBe('delete');
  });

  test('is detach where many go and more stay', () => {
    const choice = choiceOf({ rows: { users: [300_000, 60_000], sessions: [600_000, 120_000] } });
    expect(choice).toMatchObject({ strategy: 'detach', rewritten: [] });
    expect(obstacles(choice)['rewrite']).toBe('no table loses so much that it pays');
  });

  test('is delete where few go', () => {
    expect(choiceOf({ rows: { users: [1_000, 50], sessions: [2_000, 100] } }).strategy).toBe(
      'delete',
    );
  });

  test('is detach without an index, however few go', () => {
    const keys = [{ from: 'sessions', to: 'users', indexed: false }];
    const rows = { users: [300_000, 300], sessions: [600_000, 600] } as const;
    expect(choiceOf({ keys, rows }).strategy).toBe('detach');
  });

  test('rewrites only the tables for which it pays', () => {
    const rows = { users: [300_000, 290_000], sessions: [1_000_000, 300_000] } as const;
    const choice = choiceOf({ rows });
    expect(choice.strategy).toBe('rewrite');
    expect(names(choice.rewritten)).toEqual(['users']);
    // TRUNCATE takes users only if nothing else references it, enforced or not.
    expect(choice.detached).toMatchObject([{ how: 'drop and add' }]);
  });

  test('is what was asked for, whatever it costs, with all tables that lose rows', () => {
    const rows = { users: [1_000, 5], sessions: [2_000, 10] } as const;
    const choice = choiceOf({ rows, question: { asked: 'rewrite' } });
    expect(choice.strategy).toBe('rewrite');
    expect(names(choice.rewritten)).toEqual(['users', 'sessions']);
  });
});

describe('foreign keys', () => {
  test('before PostgreSQL 18 are dropped and made anew', () => {
    expect(choiceOf({ server: 170_000 }).detached).toMatchObject([{ how: 'drop and add' }]);
  });

  test('that are NOT VALID are dropped and made anew, since to enforce is to validate', () => {
    const keys = [{ from: 'sessions', to: 'users', validated: false }];
    expect(choiceOf({ keys }).detached).toMatchObject([{ how: 'drop and add' }]);
  });

  test.each<[string, World, string]>([
    [
      'of a table of another role',
      { tables: { sessions: { privileges: { ...owned(), owner: false } } } },
      'sessions belongs to another role',
    ],
    [
      'to a table that may not be referenced',
      { tables: { users: { privileges: { ...owned(), references: false } } } },
      'the role may not reference users (sessions_users_fkey)',
    ],
    [
      'that somebody has switched off',
      { keyFacts: { sessions_users_fkey: { isSwitchedOff: true } } },
      'triggers of sessions_users_fkey were switched off by somebody',
    ],
    [
      'with copies for partitions, before PostgreSQL 18',
      { server: 170_000, keyFacts: { sessions_users_fkey: { hasCopies: true } } },
      'sessions_users_fkey has copies for partitions',
    ],
  ])('%s are left alone', (_which, world, says) => {
    const choice = choiceOf(world);
    expect(obstacles(choice)).toEqual({ delete: null, detach: says, rewrite: says });
    expect(choice.strategy).toBe('delete');
  });

  test('where there are none, nothing can be detached', () => {
    expect(obstacles(choiceOf({ keys: [] }))['detach']).toBe(
      'no foreign key leads to rows that go',
    );
  });
});

describe('a table that cannot be rewritten', () => {
  const trigger = {
    name: 'audit',
    timing: 'after' as const,
    level: 'row' as const,
    events: ['delete' as const],
    function: new QualifiedName('public', 'audit'),
    enabled: 'origin' as const,
  };

  test.each<[string, World, string]>([
    ['rules', { tableFacts: { sessions: { rules: ['r'] } } }, 'sessions has the rule r'],
    [
      'publications',
      { tableFacts: { sessions: { publications: ['p'] } } },
      'sessions is published by p',
    ],
    [
      'unproven rows',
      { tableFacts: { sessions: { unproven: ['c'] } } },
      'sessions may hold rows that c forbids',
    ],
    [
      'ancestors',
      { tableFacts: { sessions: { inherits: true } } },
      'sessions inherits or is inherited from',
    ],
    [
      'no key',
      { tables: { sessions: { required: ['users_id'], key: null } } },
      'sessions has no key',
    ],
    [
      'partitions',
      { tables: { sessions: { required: ['users_id'], kind: 'partitioned' } } },
      'sessions is partitioned',
    ],
    [
      'triggers',
      { tables: { sessions: { required: ['users_id'], triggers: [trigger] } } },
      'sessions has the trigger audit',
    ],
    [
      'too few rights',
      {
        tables: {
          sessions: { required: ['users_id'], privileges: { ...owned(), truncate: false } },
        },
      },
      'sessions needs the rights',
    ],
  ])('for its %s is deleted from, and the others are rewritten', (_why, world, says) => {
    const choice = choiceOf(world);
    expect(choice.strategy).toBe('rewrite');
    expect(names(choice.rewritten)).toEqual(['users']);
    const alone = choiceOf({
      ...world,
      rows: { users: [300_000, 0], sessions: [600_000, 540_000] },
    });
    expect(obstacles(alone)['rewrite']).toContain(says);
  });

  test('keeps out what it references, where that key cannot be made anew', () => {
    const choice = choiceOf({
      tableFacts: { sessions: { rules: ['r'] } },
      keyFacts: { sessions_users_fkey: { hasCopies: true } },
    });
    expect(choice.strategy).toBe('detach');
    expect(obstacles(choice)['rewrite']).toBe('sessions has the rule r');
  });
});

test('statements of its own keep a migration from being rewritten', () => {
  const choice = choiceOf({ question: { isFreeForm: true } });
  expect(choice.strategy).toBe('detach');
  expect(obstacles(choice)['rewrite']).toBe('the migration has statements of its own');
});

function owned(): Table['privileges'] {
  return tableNamed(catalogOf({ any: {} }), 'any').privileges;
}
