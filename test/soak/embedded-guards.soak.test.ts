import { expect, test } from '@jest/globals';

import { sql } from '../../src/kernel/sql.ts';
import { onEmbedded } from '../contract/both-projects.ts';
import { evidenceOf, purgeDemoUsers } from '../engine/workbench.ts';

const GUARDED = purgeDemoUsers().replace('budget: {', 'guard: true, budget: {');

test('the embedded database is guarded as well, by a CHECK and by a trigger', async () => {
  await onEmbedded(async ({ bench, where, open }) => {
    bench.write('20260101000000_purge.ts', GUARDED);
    bench.write(
      '20260102000000_purge.ts',
      GUARDED.replace('guard: true', "guard: { as: 'trigger' }").replace('[.](com', '[.](dev|com'),
    );
    const report = await bench.up(where);
    evidenceOf(report);
    expect(report.results.map(({ guards = [] }) => guards)).toMatchObject([
      [{ state: 'validated', guard: { form: 'check' } }],
      [{ state: 'validated', guard: { form: 'trigger' } }],
    ]);
    const connection = await open();
    const insert = (email: string): Promise<unknown> =>
      connection.query(sql`insert into users (email, name) values (${email}, 'x')`);
    await expect(insert('new@example.com')).rejects.toMatchObject({
      constraint: 'hygiene_guard_20260101000000_purge',
    });
    await expect(insert('new@example.dev')).rejects.toMatchObject({
      constraint: 'hygiene_guard_20260102000000_purge',
    });
    await connection.close();
  });
});
