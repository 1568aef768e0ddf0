import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { createProject } from '../support/project.ts';
import { Cluster, PURGE } from './cluster.ts';

const ID = '20260101000000_purge';

let cluster: Cluster;
let cwd: string;

beforeAll(async () => {
  cluster = await Cluster.start();
  cwd = createProject({ migrations: { [`${ID}.ts`]: PURGE } });
});

afterAll(async () => {
  await cluster.stop();
});

describe('in a database with Citus', () => {
  test.each([
    ['plan'],
    ['rehearse'],
    ['doctor'],
    ['up'],
    ['verify'],
    ['status'],
    ['scan'],
    ['check'],
    ['report'],
    ['archive list'],
    [`archive export ${ID} --to export`],
    [`restore ${ID} --dry-run`],
    [`restore ${ID}`],
    ['plan'],
  ])('hygiene %s sends nothing that Citus refuses', async (line) => {
    const { stderr } = await runCli(line.split(' '), {
      cwd,
      variables: { DATABASE_URL: cluster.url },
    });
    expect(stderr).not.toMatch(/HYG_(?!CHECK_DIRTY|DOCTOR)/);
    expect(cluster.refused).toEqual([]);
  });
});
