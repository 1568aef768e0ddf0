import { afterAll, beforeAll } from '@jest/globals';
import type { Client, QueryResultRow } from 'pg';
import { createDatabase, templateFor } from './cloned-database.ts';
import type { TestDatabase } from './cloned-database.ts';

export { createDatabase, templateFor } from './cloned-database.ts';
export type { TestDatabase } from './cloned-database.ts';

/** What a test file sees of the database that `useDatabase` gives it. */
export type SuiteDatabase = Pick<
  TestDatabase,
  'connect' | 'drop' | 'execute' | 'name' | 'query' | 'url'
>;

const fresh = new Set<TestDatabase>();

afterAll(async () => {
  // One after the other: a file may have hundreds, and the server takes a hundred connections.
  for (const database of fresh) await database.drop();
  fresh.clear();
});

/**
 * Gives the tests of this file (or of the enclosing `describe`) one database, made before the
 * first and dropped after the last. `schemaFile` is loaded into it: `sample.sql` is the sample
 * application with its data; any other name is a file of `test/fixtures/schemas`.
 */
export function useDatabase(schemaFile?: string): SuiteDatabase {
  let current: TestDatabase | undefined;
  const database = (): TestDatabase => {
    if (current === undefined) throw new Error('The database exists only while tests run');
    return current;
  };
  beforeAll(async () => {
    current = await databaseWith(schemaFile);
  });
  afterAll(async () => {
    await current?.drop();
    current = undefined;
  });
  return {
    get name(): string {
      return database().name;
    },
    get url(): string {
      return database().url;
    },
    query: <T extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<T[]> =>
      database().query<T>(text, values),
    execute: (script: string): Promise<void> => database().execute(script),
    connect: (): Promise<Client> => database().connect(),
    drop: (): Promise<void> => database().drop(),
  };
}

/** One more database for a single test; dropped after the last test of the file at the latest. */
export async function freshDatabase(schemaFile?: string): Promise<TestDatabase> {
  const database = await databaseWith(schemaFile);
  fresh.add(database);
  return database;
}

/** An empty one in another encoding than that of the server. */
export async function encodedDatabase(encoding: string): Promise<TestDatabase> {
  const database = await createDatabase({ encoding });
  fresh.add(database);
  return database;
}

async function databaseWith(schemaFile: string | undefined): Promise<TestDatabase> {
  if (schemaFile === undefined) return createDatabase();
  return createDatabase({ template: await templateFor(schemaFile) });
}
