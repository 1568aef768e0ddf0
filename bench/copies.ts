import pg from 'pg';

import { createDatabase, type TestDatabase } from '../test/support/cloned-database.ts';
import { timed } from './measure.ts';

/** One database that is copied for every run, so that each finds the same, and is to leave the same. */
export class Copies {
  readonly #template: TestDatabase;
  /** Gives one text that says how many rows are where. */
  readonly #counts: string;
  readonly #left = new Set<string>();

  private constructor(template: TestDatabase, counts: string) {
    this.#template = template;
    this.#counts = counts;
  }

  /** @param fill makes what every copy begins with */
  static async of(
    counts: string,
    fill: (template: TestDatabase) => Promise<void>,
  ): Promise<Copies> {
    const template = await createDatabase();
    await fill(template);
    await template.execute('vacuum analyze');
    await template.close();
    return new Copies(template, counts);
  }

  /** Milliseconds that the work takes; what it leaves is held against all other runs. */
  run(work: (database: TestDatabase) => Promise<unknown>): Promise<number> {
    return this.with(async (database) => {
      const ms = await timed(() => work(database));
      const [row] = await database.query<{ counts: string }>(`select (${this.#counts}) as counts`);
      this.#left.add(row?.counts ?? 'nothing');
      return ms;
    });
  }

  async with<T>(work: (database: TestDatabase) => Promise<T>): Promise<T> {
    const database = await createDatabase({ template: this.#template.name });
    try {
      await database.execute('checkpoint');
      return await work(database);
    } finally {
      await database.drop();
    }
  }

  /** Why the runs cannot be compared, or null. */
  get invalid(): string | null {
    return this.#left.size === 1 ? null : `rows left differ: ${[...this.#left].join(' and ')}`;
  }

  drop(): Promise<void> {
    return this.#template.drop();
  }
}

/** `3/12`: the rows of these tables, as a scalar. */
export function countsOf(tables: readonly string[]): string {
  return tables.map((table) => `(select count(*) from ${table})`).join(" || '/' || ");
}

/** Statements of a person, one after the other over one connection. */
export async function runStatements(
  { url }: TestDatabase,
  statements: readonly string[],
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
