import { beforeEach, describe, expect, test } from '@jest/globals';

import type { Strategy } from '../../src/planner/strategy.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { declared } from './schema-witness.ts';
import { contents } from './witness.ts';
import { evidenceOf, migration, purgeDemoUsers, Workbench } from './workbench.ts';

const SCHEMA = 'declared-richly.sql';

function purgeOf(condition: string): string {
  return migration({
    before: `const demo = rows('members', sql\`${condition}\`);`,
    up: `purge(demo, { budget: { max: 10_000 }, dependents: {
      'members.members_invited_by_fkey': 'nullify', notes: 'purge', 'crm.calls': 'purge', visits: 'purge',
      'Badges.badges email': 'purge', 'Badges.badges_given_by': 'nullify' } })`,
    verify: 'await expect.none(demo);',
  });
}

interface Outcome {
  readonly tables: readonly { readonly table: string; readonly strategy: string }[];
  readonly rows: Readonly<Record<string, string>>;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Purges a fresh copy in the window, and says what is declared before and after. */
async function purgedBy(strategy: Strategy, condition: string, more = ''): Promise<Outcome> {
  const database: TestDatabase = await freshDatabase(SCHEMA);
  await database.execute(more);
  const bench = new Workbench(database.url).write('20260101000000_purge.ts', purgeOf(condition));
  const before = await declared(database);
  const evidence = evidenceOf(await bench.up({ window: 'maintenance', strategy }));
  for (const { planned, removed, archived } of evidence.tables) {
    expect({ removed, archived }).toEqual({ removed: planned, archived: planned });
  }
  return {
    tables: evidence.tables,
    rows: await contents(database),
    before,
    after: await declared(database),
  };
}

function byStrategy({ tables }: Outcome): Readonly<Record<string, string>> {
  return Object.fromEntries(tables.map(({ table, strategy }) => [table, strategy]));
}

describe.each([
  ['two thirds of the members', "email like '%@example.com'"],
  ['a few of them', "email like 'demo1_@example.com'"],
])('after a purge of %s', (_share, condition) => {
  let plain: Outcome;
  beforeEach(async () => {
    plain = await purgedBy('delete', condition);
  });

  test('detach leaves the same rows as delete, and the schema to the letter', async () => {
    const outcome = await purgedBy('detach', condition);
    expect(outcome.rows).toEqual(plain.rows);
    expect(outcome.after).toEqual(outcome.before);
    expect(new Set(Object.values(byStrategy(outcome)))).toEqual(new Set(['detach']));
  });

  test('rewrite leaves the same rows as delete, and the schema to the letter', async () => {
    const outcome = await purgedBy('rewrite', condition);
    expect(outcome.rows).toEqual(plain.rows);
    expect(outcome.after).toEqual(outcome.before);
    // A table without a key cannot be rewritten, so it is deleted from.
    expect(byStrategy(outcome)).toMatchObject({
      members: 'rewrite',
      notes: 'rewrite',
      'crm.calls': 'detach',
    });
  });
});

describe('where every reference is sure to be valid', () => {
  async function sample(strategy: Strategy): Promise<Outcome> {
    const database = await freshDatabase('sample.sql');
    const bench = new Workbench(database.url).write('20260101000000_p.ts', purgeDemoUsers());
    const before = await declared(database);
    const { tables } = evidenceOf(await bench.up({ window: 'maintenance', strategy }));
    return { tables, rows: await contents(database), before, after: await declared(database) };
  }

  test('survivors are told apart without a list of the doomed, and all of them stay', async () => {
    const plain = await sample('delete');
    for (const strategy of ['detach', 'rewrite'] as const) {
      const outcome = await sample(strategy);
      expect(outcome.rows).toEqual(plain.rows);
      expect(outcome.after).toEqual(outcome.before);
      expect(outcome.tables.map((each) => ({ ...each, strategy: 'any' }))).toEqual(
        plain.tables.map((each) => ({ ...each, strategy: 'any' })),
      );
    }
  });
});

test('a publication keeps what it publishes, and tables stay members of it', async () => {
  const publish = 'create publication everything for table members, notes, visits;';
  const outcome = await purgedBy('detach', "email like '%@example.com'", publish);
  expect(outcome.after).toEqual(outcome.before);
});

describe('partitioned tables', () => {
  test.each([
    ['the whole', 'orders'],
    ['a part', 'orders_2025'],
  ])(
    'keep their keys and the copies of them in all partitions, purged by %s (PostgreSQL 18)',
    async (_what, root) => {
      const purge = migration({
        up: `purge(rows('${root}', sql\`test\`), { dependents: 'all' })`,
        verify: `await expect.none(rows('${root}', sql\`test\`));`,
      });
      const outcomes: Outcome[] = [];
      for (const strategy of ['delete', 'detach'] as const) {
        const database = await freshDatabase('partitioned-shop.sql');
        const bench = new Workbench(database.url).write('20260101000000_purge.ts', purge);
        const before = await declared(database);
        const { tables } = evidenceOf(await bench.up({ window: 'maintenance', strategy }));
        outcomes.push({
          tables,
          rows: await contents(database),
          before,
          after: await declared(database),
        });
      }
      const [plain, detached] = outcomes;
      expect(detached?.rows).toEqual(plain?.rows);
      expect(detached?.after).toEqual(detached?.before);
    },
  );
});
