import { afterEach, beforeEach } from '@jest/globals';

import { migration, Workbench } from '../engine/workbench.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { clusterLimits } from './statements.ts';
import { tapped, type TappedDatabase } from './tapped.ts';

/** The tables of `cluster.sql` that Citus keeps. */
const KEPT_BY_CITUS = ['users', 'orders', 'order_lines', 'plans', 'clicks'];

/** A database that looks as one with Citus does, and what was sent to it through `url`. */
export class Cluster {
  readonly database: TestDatabase;
  readonly #tap: TappedDatabase;

  private constructor(database: TestDatabase, tap: TappedDatabase) {
    this.database = database;
    this.#tap = tap;
  }

  static async start(more = ''): Promise<Cluster> {
    const database = await freshDatabase('cluster.sql');
    await database.execute(more);
    return Cluster.over(database);
  }

  static async over(database: TestDatabase): Promise<Cluster> {
    return new Cluster(database, await tapped(database.url));
  }

  get url(): string {
    return this.#tap.url;
  }

  get statements(): readonly string[] {
    return this.#tap.statements;
  }

  /** What Citus would not have taken. */
  get refused(): readonly string[] {
    return this.statements.flatMap((statement) =>
      clusterLimits(statement, KEPT_BY_CITUS).map((what) => `${what}: ${statement}`),
    );
  }

  async stop(): Promise<void> {
    await this.#tap.close();
    await this.database.drop();
  }
}

/** A cluster for each test of the file, and a project that works on it. */
export function useCluster(): { readonly cluster: Cluster; readonly bench: Workbench } {
  let current: { readonly cluster: Cluster; readonly bench: Workbench } | undefined;
  const present = (): NonNullable<typeof current> => {
    if (current === undefined) throw new Error('The cluster exists only while a test runs');
    return current;
  };
  beforeEach(async () => {
    const cluster = await Cluster.start();
    current = { cluster, bench: new Workbench(cluster.url) };
  });
  afterEach(async () => {
    await current?.cluster.stop();
    current = undefined;
  });
  return {
    get cluster(): Cluster {
      return present().cluster;
    },
    get bench(): Workbench {
      return present().bench;
    },
  };
}

/** The same rows on one server. */
export async function oneServer(): Promise<TestDatabase> {
  const database = await freshDatabase('cluster.sql');
  await database.execute(
    'set allow_system_table_mods = on; drop table pg_catalog.pg_dist_partition',
  );
  return database;
}

/** Demo users with all that is theirs; others lose their manager. */
export const PURGE = purgeOf();

export function purgeOf(options = '', more = ''): string {
  return migration({
    before: "const demo = rows('users', sql`email like 'demo%'`);",
    more,
    up: `purge(demo, { ${options} budget: { max: 1_000 }, dependents: {
      orders: 'purge', order_lines: 'purge', 'users.users_tenant_id_manager_id_fkey': 'nullify' } })`,
    verify: "await expect.none(demo); await expect.unchanged('plans');",
  });
}
