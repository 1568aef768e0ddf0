import { expect } from '@jest/globals';

import { databaseScript } from './database-script.ts';
import {
  checkPurge,
  dropArchives,
  protectedSets,
  purgeOf,
  type PurgeWorld,
  rowsOf,
} from './check-purge.ts';
import { expectedOutcome } from './oracle.ts';
import type { How } from './property-bench.ts';
import type { RandomDatabase } from './random-database.ts';

const IN_THE_WAY = 'HYG_REFUSED_DEPENDENTS';

/** All in one batch, which is held against the oracle like one transaction. */
export async function checkOneBatch(
  world: PurgeWorld,
  random: RandomDatabase,
  how: How,
): Promise<void> {
  if (await isInTheWay(world, random, how)) return;
  await checkPurge(world, random, how);
}

/** A batch might take a row without one that references it, and that goes too: told before the first. */
async function isInTheWay(
  { database, bench, applied }: PurgeWorld,
  random: RandomDatabase,
  how: How,
): Promise<boolean> {
  await database.execute(databaseScript(random));
  const expected = expectedOutcome(random);
  const foreseen = expected.kind === 'refused' ? expected.codes : [];
  const migration = { ...purgeOf(random, bench.nextId()), transaction: 'batched' } as const;
  const migrations = [...applied, migration];
  const [planned] = (await bench.plan(migrations, protectedSets(random), how)).migrations;
  const codes = planned?.refusals.map(({ code }) => code) ?? [];
  if (!codes.includes(IN_THE_WAY) || foreseen.includes(IN_THE_WAY)) return false;
  const { error } = await bench.up(migrations, protectedSets(random), how);
  expect(codes).toContain(error?.code);
  expect(await rowsOf(database, random)).toEqual(random.rows);
  return true;
}

/**
 * Whether rows that go in a later batch can be changed by one before it: a default may be missing, and a row
 * without a key is another one afterwards. Such a run fails, and says so.
 */
export function mayChangeWhatGoes({ tables, foreignKeys, tableActions }: RandomDatabase): boolean {
  return (
    tables[0]?.primaryKey === null ||
    [...tableActions.values()].includes('default') ||
    foreignKeys.some(
      ({ onDelete, declared }) => onDelete === 'set default' || declared === 'default',
    )
  );
}

/**
 * Rows that reference each other may go in several batches. Either all of it is refused before the first, or
 * what is left is what the oracle says, and a restore brings the start back.
 */
export async function checkBatches(
  world: PurgeWorld,
  random: RandomDatabase,
  how: How,
): Promise<void> {
  const { database, bench, applied, seen } = world;
  await dropArchives(database);
  await database.execute(databaseScript(random));
  const migration = { ...purgeOf(random, bench.nextId()), transaction: 'batched' } as const;
  const expected = expectedOutcome({ ...random, protectedRow: null });
  const { error } = await bench.up([...applied, migration], [], how);
  if (error !== null) {
    const codes = expected.kind === 'applied' ? [IN_THE_WAY] : expected.codes;
    expect(codes).toContain(error.code);
    if (expected.kind === 'applied') {
      expect(await rowsOf(database, random)).toEqual(random.rows);
    }
    seen.refused += 1;
    return;
  }
  if (expected.kind !== 'applied') throw new Error(`not refused: ${expected.codes.join(', ')}`);
  applied.push(migration);
  expect(await rowsOf(database, random)).toEqual(expected.outcome.survivors);
  const [removed] = await database.query<{ rows: number }>(
    'select coalesce(sum(rows), 0)::int as rows from hygiene.archives where migration_id = $1',
    [migration.id],
  );
  if (removed?.rows === 0) return;
  await bench.restore(migration.id);
  expect(await rowsOf(database, random)).toEqual(random.rows);
  seen.applied += 1;
}
