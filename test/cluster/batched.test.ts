import { beforeEach, describe, expect, test } from '@jest/globals';

import { contents } from '../engine/witness.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { oneServer, PURGE, purgeOf, useCluster } from './cluster.ts';

const ID = '20260101000000_purge';
const FILE = `${ID}.ts`;
const SMALL = { batches: { firstSize: 7, targetMs: 1 } };

const here = useCluster();

beforeEach(() => {
  here.bench.write(FILE, purgeOf('', "transaction: 'batched',"));
});

describe('a purge of distributed tables in batches', () => {
  test('takes what one transaction takes on one server', async () => {
    const server = await oneServer();
    evidenceOf(await new Workbench(server.url).write(FILE, PURGE).up());
    const { batches, archives, remarks } = evidenceOf(await here.bench.up(SMALL));
    expect(batches?.batches).toBeGreaterThan(2);
    expect(await contents(here.cluster.database)).toEqual(await contents(server));
    expect(archives.map(({ kind, rows }) => [kind, rows])).toEqual(
      expect.arrayContaining([
        ['rows', 40],
        ['rows', 80],
        ['rows', 160],
        // One that goes itself lost its manager in an earlier batch.
        ['mutations', 9],
      ]),
    );
    expect(remarks).toContainEqual(expect.stringContaining('rests on no trigger firing there'));
    expect(here.cluster.refused).toEqual([]);
  });

  test('locks its tables in each batch, and no longer', async () => {
    const { batches } = evidenceOf(await here.bench.up(SMALL));
    const locks = here.cluster.statements.filter((each) => each.startsWith('lock table'));
    expect(locks.length).toBe(batches?.batches);
  });

  test('goes on where it was stopped, and can be restored', async () => {
    const before = await contents(here.cluster.database);
    await here.bench.up({ batches: { ...SMALL.batches, maxDurationMs: 1 } });
    evidenceOf(await here.bench.up(SMALL));
    await here.bench.restore(ID);
    expect(await contents(here.cluster.database)).toEqual(before);
    expect(here.cluster.refused).toEqual([]);
  });
});
