import { Workbench } from '../test/engine/workbench.ts';
import { createDatabase } from '../test/support/cloned-database.ts';
import { type Figure, median, timed } from './measure.ts';

const TABLES = 500;
const FOREIGN_KEYS = 900;
const RUNS = 7;

const MIGRATION = `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demo = rows('t1', sql\`label = 'demo'\`);
export default defineHygiene({
  description: 'Remove the demo rows of the benchmark',
  up: purge(demo, { dependents: 'all', budget: { max: 100_000 } }),
  async verify({ expect }) {
    await expect.none(demo);
  },
});
`;

/** Every table references earlier ones, so that the purge of the first reaches most of them. */
function schema(): string {
  const lines: string[] = [];
  for (let n = 1; n <= TABLES; n += 1) {
    lines.push(
      `create table t${String(n)} (id bigint primary key, label text, a bigint, b bigint);`,
    );
  }
  for (let n = 2; n <= TABLES; n += 1) {
    lines.push(`alter table t${String(n)} add foreign key (a) references t${String(n >> 1)};`);
    lines.push(`create index on t${String(n)} (a);`);
  }
  for (let n = 0; n < FOREIGN_KEYS - TABLES + 1; n += 1) {
    const child = TABLES - n;
    const parent = 1 + ((n * 7) % (child - 1));
    lines.push(`alter table t${String(child)} add foreign key (b) references t${String(parent)};`);
  }
  for (let n = 1; n <= TABLES; n += 1) {
    lines.push(
      `insert into t${String(n)} select i, case when i < 3 then 'demo' end, i, i from generate_series(1, 5) i;`,
    );
  }
  return lines.join('\n');
}

export async function largeSchema(): Promise<readonly Figure[]> {
  const database = await createDatabase();
  await database.execute(schema());
  await database.execute('analyze');
  const bench = new Workbench(database.url).write('20260101000000_purge_demo.ts', MIGRATION);
  const times: number[] = [];
  let tables = 0;
  for (let run = 0; run < RUNS; run += 1) {
    times.push(
      await timed(async () => {
        const { migrations } = await bench.plan();
        const [step] = migrations[0]?.steps ?? [];
        tables = step?.kind === 'purge' ? step.plan.tables.length : 0;
      }),
    );
  }
  await database.drop();
  return [
    {
      name: `plan over ${String(TABLES)} tables and ${String(FOREIGN_KEYS)} foreign keys`,
      ours: median(times),
      reference: null,
      unit: 'ms',
      bar: 3_000,
      kind: 'absolute',
      invalid: tables < TABLES / 2 ? `only ${String(tables)} tables were planned` : null,
    },
  ];
}
