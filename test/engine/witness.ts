import { expect } from '@jest/globals';

import type { ErrorCode, HygieneError } from '../../src/kernel/errors.ts';
import type { TestDatabase } from '../support/database.ts';
import type { Workbench } from './workbench.ts';

/** Rows and content hash of every table of the application; ledger and archive are left out. */
export async function contents(database: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const tables = await database.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p')
       and n.nspname not in ('pg_catalog', 'information_schema', 'hygiene', 'hygiene_archive')
       and n.nspname not like 'pg\\_temp%'
     order by 1`);
  const entries: [string, string][] = [];
  for (const { name } of tables) entries.push([name, await contentOf(database, name)]);
  return Object.fromEntries(entries);
}

/** `3 rows 1f0c…` for a table, or for a query in brackets. */
export async function contentOf(database: TestDatabase, from: string): Promise<string> {
  const [row] = await database.query<{ content: string }>(`
    select count(*) || ' rows ' || md5(coalesce(string_agg(row(t.*)::text, E'\\n' order by row(t.*)::text), ''))
             as content
      from ${from} as t`);
  return row?.content ?? '';
}

/** A query in brackets: the columns that an archive of changed rows has from its table. */
export async function oldRows(database: TestDatabase, archive: string): Promise<string> {
  const [row] = await database.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns
       from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and attname not like 'hygiene\\_%'`,
    [archive],
  );
  return `(select ${row?.columns ?? ''} from ${archive})`;
}

export async function countOf(database: TestDatabase, from: string): Promise<number> {
  const [row] = await database.query<{ n: number }>(`select count(*)::int as n from ${from}`);
  return row?.n ?? 0;
}

/** The ledger as `event` or `event CODE`, oldest first; empty where there is none. */
export async function events(database: TestDatabase): Promise<readonly string[]> {
  const [ledger] = await database.query<{ found: boolean }>(
    "select to_regclass('hygiene.ledger') is not null as found",
  );
  if (ledger?.found !== true) return [];
  const rows = await database.query<{ line: string }>(
    "select concat_ws(' ', event, error ->> 'code') as line from hygiene.ledger order by seq",
  );
  return rows.map(({ line }) => line);
}

/** The lines that an error takes in a terminal of 100 columns. */
function terminalLines(error: HygieneError): number {
  const text = error.hint === null ? error.message : `${error.message}\n${error.hint}`;
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 100)), 0);
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly exit: number;
  /** What message and hint must say: counts, names, the next command. */
  readonly says: readonly (string | RegExp)[];
  /** Events after the run; by default `started` and `failed` with the code. */
  readonly ledger?: readonly string[];
  readonly up?: Parameters<Workbench['up']>[0];
}

/** `up` must end with this error, and leave every table of the application as it was. */
export async function expectRefused(
  { bench, database }: { readonly bench: Workbench; readonly database: TestDatabase },
  expected: Refusal,
): Promise<HygieneError> {
  const before = await contents(database);
  const error = await bench.upError(expected.up);
  const text = `${error.message}\n${error.hint ?? ''}`;
  expect({ code: error.code, exit: error.exitCode, text }).toEqual({
    code: expected.code,
    exit: expected.exit,
    text: expect.any(String),
  });
  for (const said of expected.says) expect(text).toMatch(asPattern(said));
  expect(error.hint).not.toBeNull();
  expect(terminalLines(error)).toBeLessThanOrEqual(12);
  expect(await contents(database)).toEqual(before);
  expect(await events(database)).toEqual(expected.ledger ?? ['started', `failed ${expected.code}`]);
  return error;
}

function asPattern(said: string | RegExp): RegExp {
  return typeof said === 'string'
    ? new RegExp(said.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
    : said;
}
