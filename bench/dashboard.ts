import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { installLedger } from '../test/ledger/installed-ledger.ts';
import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { type Figure, interleaved, median, timed } from './measure.ts';
import { buildOnce } from './processes.ts';
import { purgeWorld, runHygiene } from './purge-world.ts';

const BIN = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url));
const READERS = fileURLToPath(new URL('./readers.mjs', import.meta.url));

const EVENTS = 10_000;
const USERS = 1_000_000;
const PAGES = 15;
/** Longer than the dashboard keeps a reading, so that each page is read anew. */
const FORGOTTEN_MS = 1_100;

const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const PURGED_USERS = 100_000;
const READING = 200;
const PAGE_EVERY_MS = 5_000;

const CONFIG = `export default {
  dashboard: { pages: [{ title: 'Users', tables: [
    { table: 'users', columns: ['id', 'email', 'created_at'], order: ['id', 'desc'], search: ['email'] },
  ] }] },
};
`;

/** What a dashboard costs those who look at it, and those who do not. */
export async function dashboardFigures(): Promise<readonly Figure[]> {
  buildOnce();
  return [...(await pageFigures()), ...(await readerFigures())];
}

async function pageFigures(): Promise<readonly Figure[]> {
  const database = await largeDatabase();
  const served = await Served.start(database);
  const first: number[] = [];
  const users: number[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    await pause(FORGOTTEN_MS);
    first.push(await timed(() => served.get('/')));
    users.push(await timed(() => served.get('/pages/users')));
  }
  await served.stop();
  await database.drop();
  const of = `${EVENTS.toLocaleString('en-US')} events, ${USERS.toLocaleString('en-US')} users`;
  const about = { reference: null, unit: 'ms', bar: 100, kind: 'absolute', invalid: null } as const;
  return [
    { name: `first page of the dashboard, ${of}`, ours: median(first), ...about },
    { name: `a page of the application, ${of}`, ours: median(users), ...about },
  ];
}

/** The same purge, with nobody looking and with many. */
async function readerFigures(): Promise<readonly Figure[]> {
  const copies = await purgeWorld({ users: PURGED_USERS, doomedPercent: 90, indexed: true });
  const seen: Read[] = [];
  const purge = (database: TestDatabase): Promise<number> =>
    timed(() => runHygiene(database, { archive: false, more: "transaction: 'batched'," }));
  const { first, second } = await interleaved(
    RUNS,
    () =>
      copies.with(async (database) => {
        const served = await Served.start(database);
        const readers = served.readers();
        const took = await purge(database);
        seen.push(await readers.stop());
        await served.stop();
        return took;
      }),
    () => copies.with(purge),
  );
  await copies.drop();
  const failed = seen.reduce((sum, each) => sum + each.failed, 0);
  const pages = median(seen.map((each) => each.pages));
  const p95 = Math.round(median(seen.map((each) => each.p95)));
  return [
    {
      name: `a purge in batches beside ${READING} readers (${pages} pages, p95 ${p95} ms), against alone`,
      ours: first,
      reference: second,
      unit: 'ms',
      bar: 1.1,
      kind: 'ratio',
      invalid: failed === 0 ? null : `${failed} pages failed`,
    },
  ];
}

async function largeDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  const { connection } = await installLedger(database.url);
  await connection.close();
  await database.execute(`
    create table users (id bigint generated always as identity primary key, email text not null,
      created_at timestamptz not null default now());
    insert into users (email) select 'user' || n || '@corp.io' from generate_series(1, ${USERS}) as n;
    select hygiene.append_event(jsonb_build_object(
             'event', 'backup', 'migration_id', 'm' || n % 100, 'generation', 1,
             'checksum', 'sha256:' || md5(n::text),
             'rows', jsonb_build_array(jsonb_build_object('table', 'users', 'planned', n, 'removed', n)),
             'evidence', jsonb_build_object('text', repeat(md5(n::text), 20))))
      from generate_series(1, ${EVENTS}) as n;
    analyze users, hygiene.ledger;
  `);
  return database;
}

interface Read {
  readonly pages: number;
  readonly failed: number;
  readonly p95: number;
}

/** `hygiene serve` in a process of its own, as people start it. */
class Served {
  readonly #child: ChildProcess;
  readonly #cwd: string;
  readonly #link: string;

  private constructor(child: ChildProcess, cwd: string, link: string) {
    this.#child = child;
    this.#cwd = cwd;
    this.#link = link;
  }

  static async start({ url }: TestDatabase): Promise<Served> {
    const cwd = mkdtempSync(join(tmpdir(), 'hygiene-served-'));
    mkdirSync(join(cwd, 'hygiene'));
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(cwd, 'hygiene', 'config.js'), CONFIG);
    const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', '--json'], {
      cwd,
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const link = await new Promise<string>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        const found = /"url":"([^"]+)"/.exec(chunk.toString())?.[1];
        if (found === undefined) reject(new Error(chunk.toString()));
        else resolve(found);
      });
    });
    return new Served(child, cwd, link);
  }

  async get(path: string): Promise<void> {
    const { origin, searchParams } = new URL(this.#link);
    const authorization = `Bearer ${searchParams.get('token') ?? ''}`;
    const answer = await fetch(`${origin}${path}`, { headers: { authorization } });
    await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  }

  readers(): { stop(): Promise<Read> } {
    const argv = [READERS, this.#link, String(READING), String(PAGE_EVERY_MS)];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const read = once(child, 'close').then(() => JSON.parse(out) as Read);
    return {
      stop: () => {
        child.stdin.end();
        return read;
      },
    };
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
    rmSync(this.#cwd, { recursive: true, force: true });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
