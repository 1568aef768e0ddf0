import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { contents } from '../engine/witness.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { Cluster, oneServer, PURGE, purgeOf } from './cluster.ts';

const ID = '20260101000000_purge';
const FILE = `${ID}.ts`;
const SMALL = { batches: { firstSize: 7, targetMs: 1 } };

let cluster: Cluster;
let bench: Workbench;

beforeEach(async () => {
  cluster = await Cluster.start();
  bench = new Workbench(cluster.url);
  bench.write(FILE, purgeOf('', "transaction: 'batched',"));
});

afterEach(async () => {
  await cluster.stop();
});

describe('a purge of distributed tables in batches', () => {
  test('takes what one transaction takes on one server', async () => {
    const server = await oneServer();
    evidenceOf(await new Workbench(server.url).write(FILE, PURGE).up());
    const { batches, archives } = evidenceOf(await bench.up(SMALL));
    expect(batches?.batches).toBeGreaterThan(2);
    expect(await contents(cluster.database)).toEqual(await contents(server));
    expect(archives.map(({ kind, rows }) => [kind, rows])).toEqual(
      expect.arrayContaining([
        ['rows', 40],
        ['rows', 80],
        ['rows', 160],
        // One that goes itself lost its manager in an earlier batch.
        ['mutations', 9],
      ]),
    );
    expect(cluster.refused).toEqual([]);
  });

  test('locks its tables in each batch, and no longer', async () => {
    const { batches } = evidenceOf(await bench.up(SMALL));
    const locks = cluster.statements.filter((each) => each.startsWith('lock table'));
    expect(locks.length).toBe(batches?.batches);
  });

  test('goes on where it was stopped, and can be restored', async () => {
    const before = await contents(cluster.database);
    await bench.up({ batches: { ...SMALL.batches, maxDurationMs: 1 } });
    evidenceOf(await bench.up(SMALL));
    await bench.restore(ID);
    expect(await contents(cluster.database)).toEqual(before);
    expect(cluster.refused).toEqual([]);
  });
});
