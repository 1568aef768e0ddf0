import { expect } from '@jest/globals';
import fc from 'fast-check';

import { purge, rows, scrub } from '../../src/authoring/steps.ts';
import { sql } from '../../src/kernel/sql.ts';
import type { Step } from '../../src/planner/steps.ts';
import type { RunnableMigration } from '../../src/runner/runnable.ts';
import { evidenceOf } from '../engine/workbench.ts';
import { dropArchives, purgeOf, type PurgeWorld, rowsOf } from './check-purge.ts';
import type { How } from './property-bench.ts';
import { databaseScript } from './database-script.ts';
import { type RandomDatabase, randomDatabases } from './random-database.ts';

/**
 * A step beside the purge, over the rows of any table whose tag leaves this remainder. `next` gives each
 * row the code of the one after it, which an earlier step must have removed.
 */
interface SideStep {
  readonly kind: 'flag' | 'code' | 'next' | 'purge';
  readonly table: number;
  readonly remainder: number;
  readonly first: boolean;
}

export interface RandomRestore {
  readonly database: RandomDatabase;
  readonly sides: readonly SideStep[];
}

export const randomRestores: fc.Arbitrary<RandomRestore> = fc.record({
  database: randomDatabases,
  sides: fc.array(
    fc.record({
      kind: fc.constantFrom<SideStep['kind']>('flag', 'flag', 'code', 'next', 'purge'),
      table: fc.nat({ max: 6 }),
      remainder: fc.nat({ max: 2 }),
      first: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
});

/** Whatever a migration has removed and changed, the restore brings the start back, to the row. */
export async function checkRestore(
  world: PurgeWorld,
  random: RandomRestore,
  how?: How,
): Promise<void> {
  const { database, bench, applied, seen } = world;
  await dropArchives(database);
  await database.execute(databaseScript(random.database));
  const migration = migrationOf(random, bench.nextId());
  const report = await bench.up([...applied, migration], [], how);
  if (report.error !== null) {
    expect(await rowsOf(database, random.database)).toEqual(random.database.rows);
    seen.refused += 1;
    return;
  }
  applied.push(migration);
  for (const { strategy } of evidenceOf(report).tables) world.strategies.add(strategy);
  const [removed] = await database.query<{ rows: number }>(
    'select coalesce(sum(rows), 0)::int as rows from hygiene.archives where migration_id = $1',
    [migration.id],
  );
  if (removed?.rows === 0) return;
  await bench.restore(migration.id);
  expect(await rowsOf(database, random.database)).toEqual(random.database.rows);
  expect((await bench.up(applied)).results).toEqual([]);
  expect(await rowsOf(database, random.database)).toEqual(random.database.rows);
  seen.applied += 1;
}

function migrationOf({ database, sides }: RandomRestore, id: string): RunnableMigration {
  const whole = purgeOf(database, id);
  const own = whole.up.kind === 'steps' ? whole.up.steps : [];
  const steps = (first: boolean): readonly Step[] =>
    sides.filter((side) => side.first === first).map((side) => stepOf(database, side));
  return {
    ...whole,
    up: { kind: 'steps', steps: [...steps(true), ...own, ...steps(false)] },
    verify: async ({ expect: check }) => {
      await check.sql(sql`select 1 where false`);
    },
  };
}

const ASSIGNED = {
  flag: { flag: sql`flag is not true` },
  code: { code: sql`'x' || code` },
  next: { code: sql`'c' || tag + 1` },
};

function stepOf({ tables }: RandomDatabase, { kind, table, remainder }: SideStep): Step {
  const { schema, name } = tables[table % tables.length] ?? { schema: 'public', name: 'p' };
  const chosen = rows([schema, name], sql`tag % 3 = ${remainder}`);
  const budget = { max: 1_000 };
  if (kind === 'purge') return purge(chosen, { dependents: 'all', budget });
  return scrub(chosen, { set: ASSIGNED[kind], budget });
}
