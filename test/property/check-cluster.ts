import { expect } from '@jest/globals';

import { evidenceOf } from '../engine/workbench.ts';
import { dropArchives, protectedSets, purgeOf, type PurgeWorld, rowsOf } from './check-purge.ts';
import { databaseScript, quotedTable } from './database-script.ts';
import { expectedOutcome } from './oracle.ts';
import type { RandomDatabase } from './random-database.ts';

/**
 * What is purged from tables of a cluster is what the oracle says, and a restore brings it back; unless a
 * cluster cannot do it, which changes nothing.
 */
export async function checkCluster(world: PurgeWorld, random: RandomDatabase): Promise<void> {
  const { database, bench, applied, seen } = world;
  await dropArchives(database);
  await database.execute(`${databaseScript(random)}\n${spread(random)}`);
  const migration = purgeOf(random, bench.nextId());
  const expected = expectedOutcome(random);
  const report = await bench.up([...applied, migration], protectedSets(random));
  if (report.error !== null) {
    const codes = expected.kind === 'refused' ? expected.codes : [];
    expect([...codes, 'HYG_REFUSED_CLUSTER']).toContain(report.error.code);
    expect(await rowsOf(database, random)).toEqual(random.rows);
    seen.refused += 1;
    return;
  }
  applied.push(migration);
  const survivors = expected.kind === 'applied' ? expected.outcome.survivors : null;
  expect(await rowsOf(database, random)).toEqual(survivors);
  seen.applied += 1;
  if (evidenceOf(report).archives.length === 0) return;
  await bench.restore(migration.id);
  expect(await rowsOf(database, random)).toEqual(random.rows);
}

/** Distributed tables and reference tables in turn, as `cluster.sql` has made the catalog for. */
function spread({ tables }: RandomDatabase): string {
  const values = tables.map((table, at) => {
    const isDistributed = at % 2 === 0;
    const column = table.primaryKey?.[0] ?? 'code';
    const how = isDistributed ? `'h', '${column}', 's'` : "'n', null, 't'";
    return `('${quotedTable(table)}'::regclass, ${how})`;
  });
  return `
    delete from pg_catalog.pg_dist_partition;
    insert into pg_catalog.pg_dist_partition (logicalrelid, partmethod, partkey, repmodel)
    values ${values.join(', ')};`;
}
