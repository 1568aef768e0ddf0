import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import type { TestDatabase } from '../test/support/cloned-database.ts';
import type { Copies } from './copies.ts';
import { largePurgeCopies, USERS } from './large-purge.ts';
import { type Figure, interleaved, median, timed } from './measure.ts';
import { CHILDREN, runHygiene } from './purge-world.ts';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const BATCH = 1_000;
const WRITERS = fileURLToPath(new URL('./writers.mjs', import.meta.url));
const WRITES_A_SECOND = 100;
const WRITES_MIN = 10_000;
const WRITING_MS = 14_000;
/** Their purge lasts long enough for so many writes. */
const USERS_BESIDE = 2.2 * USERS;

/** Batches as they are written by hand: by key, children first, each committed, no way back into the middle. */
async function byHand({ url }: TestDatabase): Promise<void> {
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
    for (const [table, column] of [...CHILDREN, ['users', 'id']] as const) {
      await client.query(`delete from ${table} where ${column} = any ($1::bigint[])`, [batch.ids]);
    }
    await client.query('commit');
    last = batch.last;
  }
  await client.end();
}

function purgeInBatches(database: TestDatabase): Promise<void> {
  return runHygiene(database, { archive: false, more: "transaction: 'batched'," });
}

interface Written {
  readonly writes: number;
  readonly p99: number;
}

/** The clients of an application, in a process of their own. */
class Writers {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;

  private constructor({ url }: TestDatabase) {
    this.#child = spawn(process.execPath, [WRITERS, url, String(WRITES_A_SECOND)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('the writers cannot be heard');
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Resolves when their writes count. */
  static async atWork(database: TestDatabase): Promise<Writers> {
    const writers = new Writers(database);
    await writers.#lines.next();
    return writers;
  }

  async stop(): Promise<Written> {
    this.#child.stdin?.end();
    const { value } = await this.#lines.next();
    return JSON.parse(value ?? '') as Written;
  }
}

/** Both sides of the bargain: what the application notices, and what is left of the purge's rate. */
async function besideWriters(copies: Copies): Promise<readonly Figure[]> {
  const alone: Written[] = [];
  const beside: Written[] = [];
  const purges = { alone: [] as number[], beside: [] as number[] };
  for (let run = 0; run < RUNS; run += 1) {
    purges.alone.push(await copies.with((database) => timed(() => purgeInBatches(database))));
    alone.push(
      await copies.with(async (database) => {
        const writers = await Writers.atWork(database);
        await new Promise((resolve) => setTimeout(resolve, WRITING_MS));
        return writers.stop();
      }),
    );
    await copies.with(async (database) => {
      const writers = await Writers.atWork(database);
      purges.beside.push(await timed(() => purgeInBatches(database)));
      beside.push(await writers.stop());
    });
  }
  const fewest = Math.min(...[...alone, ...beside].map(({ writes }) => writes));
  const invalid = fewest >= WRITES_MIN ? null : `only ${String(fewest)} writes`;
  return [
    {
      name: 'p99 of 8 clients that write beside a purge in batches, against alone',
      ours: median(beside.map(({ p99 }) => p99)),
      reference: median(alone.map(({ p99 }) => p99)),
      unit: 'ms',
      bar: 2,
      kind: 'ratio',
      invalid,
    },
    {
      name: 'the purge in batches beside them, against alone',
      ours: median(purges.beside),
      reference: median(purges.alone),
      unit: 'ms',
      bar: 2,
      kind: 'ratio',
      invalid,
    },
  ];
}

/** The same work with a checkpoint, proofs and a throttle, and without. */
export async function batchedFigures(): Promise<readonly Figure[]> {
  const copies = await largePurgeCopies();
  const { first, second } = await interleaved(
    RUNS,
    () => copies.run(purgeInBatches),
    () => copies.run(byHand),
  );
  await copies.drop();
  const larger = await largePurgeCopies(USERS_BESIDE);
  const writers = await besideWriters(larger);
  await larger.drop();
  return [
    {
      name: `batched, ${String(Math.round(USERS / 1000))} k users, against a loop of ${String(BATCH)}-row batches`,
      ours: first,
      reference: second,
      unit: 'ms',
      bar: 1 / 0.9,
      kind: 'ratio',
      invalid: copies.invalid,
    },
    ...writers,
  ];
}
