import pg from 'pg';

import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { Workbench } from '../test/engine/workbench.ts';
import { PURGE_COUNTS, PURGE_SCHEMA, USERS } from './large-purge.ts';
import { type Figure, interleaved, timed } from './measure.ts';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const BATCH = 1_000;

const MIGRATION = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demoUsers = rows('users', sql\`email like '%@example.com'\`);
export default defineHygiene({
  description: 'Remove the demo users of the benchmark',
  transaction: 'batched',
  irreversible: 'It is a benchmark',
  up: purge(demoUsers, { dependents: 'all', archive: false, budget: { max: 2_000_000 } }),
  async verify({ expect }) {
    await expect.none(demoUsers);
  },
});
`;

/** Batches as they are written by hand: by key, children first, each committed, no way back into the middle. */
export async function byHand({ url }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let last = '0';
  for (;;) {
    await client.query('begin');
    const { rows } = await client.query<{ ids: string[] | null; last: string | null }>(
      `select array_agg(id) as ids, max(id) as last
         from (select id from users
                where email like '%@example.com' and id > $1
                order by id limit ${String(BATCH)}) as batch`,
      [last],
    );
    const [batch] = rows;
    if (batch?.ids === null || batch?.last === null || batch === undefined) break;
    for (const [table, column] of [
      ['live_sessions', 'user_id'],
      ['payments', 'user_id'],
      ['reports', 'author_id'],
      ['users', 'id'],
    ] as const) {
      await client.query(`delete from ${table} where ${column} = any ($1::bigint[])`, [batch.ids]);
    }
    await client.query('commit');
    last = batch.last;
  }
  await client.end();
}

export async function runHygiene({ url }: TestDatabase): Promise<void> {
  const bench = new Workbench(url).write('20260101000000_purge_demo_users.ts', MIGRATION);
  const { error } = await bench.up({ statementTimeoutMs: 0 });
  if (error !== null) throw error;
}

/** The same work with a checkpoint, proofs and a throttle, and without. */
export async function batchedFigures(): Promise<readonly Figure[]> {
  const template = await createDatabase();
  await template.execute(PURGE_SCHEMA);
  await template.execute('vacuum analyze');
  await template.close();
  const left = new Set<string>();
  const onCopy = async (work: (database: TestDatabase) => Promise<unknown>): Promise<number> => {
    const database = await createDatabase({ template: template.name });
    try {
      await database.execute('checkpoint');
      const ms = await timed(() => work(database));
      const [counts] = await database.query<{ left: string }>(PURGE_COUNTS);
      left.add(counts?.left ?? 'nothing');
      return ms;
    } finally {
      await database.drop();
    }
  };
  const { first, second } = await interleaved(
    RUNS,
    () => onCopy(runHygiene),
    () => onCopy(byHand),
  );
  await template.drop();
  return [
    {
      name: `batched, ${String(Math.round(USERS / 1000))} k users, against a loop of ${String(BATCH)}-row batches`,
      ours: first,
      reference: second,
      unit: 'ms',
      bar: 1 / 0.9,
      kind: 'ratio',
      invalid: left.size === 1 ? null : `rows left differ: ${[...left].join(' and ')}`,
    },
  ];
}
