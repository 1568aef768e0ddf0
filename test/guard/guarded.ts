import type { QueryResultRow } from 'pg';

import { migration } from '../engine/workbench.ts';
import type { TestDatabase } from '../support/database.ts';

export const ID = '20260101000000_purge_demo';
export const GUARD = 'hygiene_guard_20260101000000_purge_demo';

/** A table with demo people, real ones, and one without an address. */
export const PEOPLE = `
  create table people (id int generated always as identity primary key, email text unique, name text);
  insert into people (email, name) values
    ('a@example.com', 'Ann'), ('b@example.com', 'Bob'), ('ceo@corp.test', 'Cleo'), (null, 'Dee');
`;

/** Purges the demo people, with the options of the purge as text. */
export function purgePeople(
  options = 'guard: true',
  rows = "rows('people', sql`email like '%@example.com'`)",
): string {
  return migration({
    before: `const demo = ${rows};`,
    up: `purge(demo, { budget: { max: 100 }, ${options} })`,
    verify: 'await expect.none(demo);',
  });
}

interface Refusal {
  readonly code: string | null;
  readonly constraint: string | null;
}

/** SQLSTATE and constraint with which PostgreSQL refuses a statement; null where it accepts it. */
export async function refusal(
  run: (statement: string) => Promise<unknown>,
  statement: string,
): Promise<Refusal | null> {
  try {
    await run(statement);
    return null;
  } catch (error) {
    const { code = null, constraint = null } = error as Partial<Refusal>;
    return { code, constraint };
  }
}

/** What the ledger says about guards, oldest first: `guard_added people`. */
export async function guardEvents(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ line: string }>(`
    select concat_ws(' ', event, evidence ->> 'table', evidence ->> 'found') as line
      from hygiene.ledger where event like 'guard%' order by seq`);
  return rows.map(({ line }) => line);
}

/** CHECK constraints of hygiene by table: name, definition, comment. */
export function guardConstraints(database: TestDatabase): Promise<QueryResultRow[]> {
  return database.query(`
    select conrelid::regclass::text as "table", conname as name, convalidated as valid,
           pg_get_constraintdef(oid) as definition, obj_description(oid, 'pg_constraint') as comment
      from pg_constraint
     where conname like 'hygiene_guard%' and coninhcount = 0 and contype = 'c'
     order by 1, 2`);
}
