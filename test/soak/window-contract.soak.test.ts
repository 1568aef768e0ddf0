import { expect, test } from '@jest/globals';

import { rawSql } from '../../src/kernel/sql.ts';
import { evidenceOf, purgeDemoUsers } from '../engine/workbench.ts';
import { onEmbedded } from '../contract/both-projects.ts';

/** The server's side of it is in `test/engine/window-*`. */
test.each(['detach', 'rewrite'] as const)(
  'the embedded database can be purged by %s too',
  async (strategy) => {
    const { tables, rows } = await onEmbedded(async ({ bench, where, open }) => {
      bench.write('20260101000000_purge_demo_users.ts', purgeDemoUsers());
      const report = await bench.up({ ...where, window: 'maintenance', strategy });
      const connection = await open();
      const left = await connection.query(
        rawSql(`
          select (select count(*)::int from users) as users,
                 (select count(*)::int from payments where user_id is null) as orphans,
                 (select bool_and(convalidated) from pg_constraint where contype = 'f') as valid`),
      );
      await connection.close();
      return { ...evidenceOf(report), rows: left.rows };
    });

    expect(tables).toContainEqual({
      table: 'users',
      planned: 300,
      archived: 300,
      removed: 300,
      changed: 0,
      strategy,
      extent: { before: 320, after: 20, counted: true },
    });
    expect(rows).toEqual([{ users: 20, orphans: 300, valid: true }]);
  },
);
