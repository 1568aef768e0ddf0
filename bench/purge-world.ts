import { installOperation } from '../src/app/operations/install.ts';
import { Workbench } from '../test/engine/workbench.ts';
import type { ConnectOptions } from '../src/app/compose.ts';
import type { TestDatabase } from '../test/support/cloned-database.ts';
import { Copies, countsOf } from './copies.ts';
import { DEMO_PURGE_ID, type DemoPurge, demoPurge } from './demo-purge.ts';

export interface WorldSize {
  readonly users: number;
  /** Of a hundred users. */
  readonly doomedPercent: number;
  /** Whether the foreign keys have indexes. */
  readonly indexed: boolean;
}

/** The tables of the sample application: 4.5 rows in all for each user. */
function schemaOf({ users, doomedPercent, indexed }: WorldSize): string {
  return `
    create table users (id bigint generated always as identity primary key, email text not null,
      name text not null, created_at timestamptz not null default now());
    create table live_sessions (id bigint generated always as identity primary key,
      user_id bigint not null references users on delete cascade, token text not null);
    create table payments (id bigint generated always as identity primary key,
      user_id bigint not null references users on delete cascade, amount_cents integer not null);
    create table reports (id bigint generated always as identity primary key,
      author_id bigint not null references users on delete cascade, title text not null);
    insert into users (email, name)
      select case when n % 100 < ${String(doomedPercent)} then 'demo' || n || '@example.com'
                  else 'user' || n || '@corp.io' end, 'Person ' || n
        from generate_series(1, ${String(users)}) n;
    insert into live_sessions (user_id, token)
      select id, md5(id || '-' || s) from users, generate_series(1, 2) s;
    insert into payments (user_id, amount_cents) select id, 100 + id % 900 from users;
    insert into reports (author_id, title) select id, 'Report ' || id from users where id % 2 = 0;
    ${
      indexed
        ? `create index on live_sessions (user_id);
           create index on payments (user_id);
           create index on reports (author_id);`
        : ''
    }`;
}

/** Tables whose rows go with a user, and by which column. */
export const CHILDREN = [
  ['live_sessions', 'user_id'],
  ['payments', 'user_id'],
  ['reports', 'author_id'],
] as const;

export const TABLES = ['users', ...CHILDREN.map(([table]) => table)];

/** Copies of the sample application, of the given size. */
export function purgeWorld(size: WorldSize): Promise<Copies> {
  return Copies.of(countsOf(TABLES), async (template) => {
    await template.execute(schemaOf(size));
    // The first run on a database makes the ledger; that is not what is measured.
    const bench = new Workbench(template.url);
    await installOperation(bench.world(), { ...bench.options(), mark: null });
  });
}

interface PurgeRun extends DemoPurge, Partial<ConnectOptions> {}

/** `hygiene up` with the usual purge. */
export async function runHygiene(database: TestDatabase, run: PurgeRun): Promise<void> {
  const { archive, more, ...options } = run;
  const bench = new Workbench(database.url).write(
    `${DEMO_PURGE_ID}.ts`,
    demoPurge({ archive, more }),
  );
  const { error } = await bench.up({ statementTimeoutMs: 0, ...options });
  if (error !== null) throw error;
}
