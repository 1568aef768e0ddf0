import { Workbench } from '../test/engine/workbench.ts';
import { createDatabase } from '../test/support/cloned-database.ts';
import type { Figure } from './measure.ts';
import { buildOnce, heldMegabytes } from './processes.ts';

const BAR_MB = 150;

interface Case {
  readonly rows: number;
  readonly transaction: 'single' | 'batched';
  /** Where the rows are many, to save time: rows are copied by the server in any case. */
  readonly archive: boolean;
}

const CASES: readonly Case[] = [
  { rows: 1_000, transaction: 'single', archive: true },
  { rows: 2_000_000, transaction: 'single', archive: true },
  { rows: 10_000_000, transaction: 'single', archive: false },
  { rows: 10_000_000, transaction: 'batched', archive: false },
];

const migration = ({ transaction, archive }: Case): string => `
import { defineHygiene, purge, rows, sql } from 'pg-hygiene';
const demo = rows('users', sql\`id > 0\`);
export default defineHygiene({
  description: 'Remove all rows of the benchmark',
  transaction: '${transaction}',
  irreversible: 'It is a benchmark',
  up: purge(demo, { dependents: {}, archive: ${String(archive)}, budget: { max: 10_000_000 } }),
  async verify({ expect }) {
    await expect.none(demo);
  },
});
`;

/** The most memory that \`hygiene up\` held, for few and for many rows. */
export async function memoryFigures(): Promise<readonly Figure[]> {
  buildOnce();
  const figures: Figure[] = [];
  for (const each of CASES) {
    const { rows, transaction } = each;
    const database = await createDatabase();
    await database.execute(`
      create table users (id bigint primary key, email text);
      insert into users select n, 'demo' || n || '@example.com' from generate_series(1, ${String(rows)}) n;
      analyze users`);
    const bench = new Workbench(database.url).write('20260101000000_purge_all.ts', migration(each));
    const ours = heldMegabytes(['up', '--statement-timeout', '0'], {
      cwd: bench.directory,
      url: database.url,
    });
    const [left] = await database.query<{ n: number }>('select count(*)::int as n from users');
    await database.drop();
    figures.push({
      name: `resident memory of up, ${transaction}, ${rows.toLocaleString('en-US')} rows`,
      ours,
      reference: null,
      unit: 'MB',
      bar: BAR_MB,
      kind: 'absolute',
      invalid: left?.n === 0 ? null : `${String(left?.n)} rows left`,
    });
  }
  return figures;
}
