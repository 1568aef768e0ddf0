import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { rawSql } from '../../src/kernel/sql.ts';
import { evidenceOf, purgeDemoUsers, Workbench } from '../engine/workbench.ts';
import { embeddedIn } from '../support/embedded.ts';

const sample = ['schema.sql', 'demo-data.sql']
  .map((name) =>
    readFileSync(fileURLToPath(new URL(`../../hygiene/sample/${name}`, import.meta.url)), 'utf8'),
  )
  .join('\n');

/** The server's side of it is in `test/engine/window-*`. */
test.each(['detach', 'rewrite'] as const)(
  'the embedded database can be purged by %s too',
  async (strategy) => {
    const bench = new Workbench('postgres://nobody@nowhere.invalid/nothing');
    const source = await embeddedIn(join(bench.directory, '.hygiene'));
    const seeded = await source.connect();
    await seeded.script(sample);
    await seeded.close();
    bench.write('20260101000000_purge_demo_users.ts', purgeDemoUsers());

    const where = { databaseUrl: null, embedded: true, window: 'maintenance', strategy } as const;
    const { tables } = evidenceOf(await bench.up(where));

    expect(tables).toContainEqual({
      table: 'users',
      planned: 300,
      archived: 300,
      removed: 300,
      changed: 0,
      strategy,
    });
    const connection = await source.connect();
    const { rows } = await connection.query(
      rawSql(`
        select (select count(*)::int from users) as users,
               (select count(*)::int from payments where user_id is null) as orphans,
               (select bool_and(convalidated) from pg_constraint where contype = 'f') as valid`),
    );
    await connection.close();
    rmSync(bench.directory, { recursive: true, force: true });
    expect(rows).toEqual([{ users: 20, orphans: 300, valid: true }]);
  },
);
