import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { rawSql } from '../../src/kernel/sql.ts';
import { evidenceOf, Workbench } from '../engine/workbench.ts';
import { embeddedIn } from '../support/embedded.ts';
import { CROWD_ID, crowdMigration, SMALL_BATCHES } from '../batched/crowd.ts';

test('batches work on the embedded database too, with nobody beside them', async () => {
  const bench = new Workbench('').write(`${CROWD_ID}.ts`, crowdMigration);
  const source = await embeddedIn(join(bench.directory, '.hygiene'));
  const filling = await source.connect();
  await filling.script(`
    create table users (id bigint primary key, email text not null);
    create table sessions (id bigint generated always as identity primary key, user_id bigint not null references users);
    create table payments (id bigint primary key, user_id bigint references users);
    insert into users select n, 'demo' || n || '@example.com' from generate_series(1, 300) n;
    insert into sessions (user_id) select id from users;
    insert into payments select id, id from users where id % 3 = 0;
    create index on sessions (user_id); create index on payments (user_id);`);
  await filling.close();
  const embedded = { databaseUrl: null, embedded: true, batches: SMALL_BATCHES };
  const first = await bench.up({
    ...embedded,
    batches: { ...SMALL_BATCHES, maxDurationMs: 1 },
  });
  expect(first.results[0]?.outcome.kind).toBe('in_progress');
  const evidence = evidenceOf(await bench.up(embedded));
  expect(evidence.batches?.batches).toBeGreaterThan(2);
  const connection = await source.connect();
  const { rows } = await connection.query(
    rawSql(`select (select count(*)::int from users) as users,
                   (select count(*)::int from hygiene_archive."20260101000000_g1_sessions") as sessions,
                   (select count(*)::int from hygiene_archive."20260101000000_g1_payments_mutations") as payments`),
  );
  await connection.close();
  expect(rows).toEqual([{ users: 0, sessions: 300, payments: 100 }]);
});
