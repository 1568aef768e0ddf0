import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { type CorpusCase, type CorpusTable, readPart } from '../scanner/corpus/corpus-case.ts';
import { loadCase } from '../scanner/corpus/load-case.ts';
import { runCli } from '../support/cli.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';

/** Of these a scan flags no genuine row, so none may go. */
const cases = readPart(join(import.meta.dirname, '../scanner/corpora/development'));

describe('the migration that a scan writes', () => {
  test.each(cases.map((each) => [each.name, each] as const))(
    'for %s runs as it is, takes seed rows, and none that is genuine or of an administrator',
    async (_, corpusCase) => {
      const database = await freshDatabase();
      await loadCase(database, corpusCase);
      const cwd = createProject();
      for (const line of ['scan --password-time 12 --write remove_seeds', 'lint', 'up']) {
        const variables = { DATABASE_URL: database.url };
        const run = await runCli(line.split(' '), { cwd, variables });
        expect([line, run.code, run.complaints]).toEqual([line, 0, '']);
      }
      const { kept, seedsLeft, seeds } = await whatIsLeft(database, corpusCase);
      await database.drop();
      expect(kept.filter(({ isThere }) => !isThere)).toEqual([]);
      // What genuine rows hang on stays, and the scan says so.
      expect(seedsLeft).toBeLessThan(seeds * 0.6);
    },
    60_000,
  );
});

interface Left {
  readonly kept: readonly { readonly row: string; readonly isThere: boolean }[];
  readonly seeds: number;
  readonly seedsLeft: number;
}

async function whatIsLeft(database: TestDatabase, { tables }: CorpusCase): Promise<Left> {
  const rows = (await Promise.all(tables.map((table) => rowsOf(database, table)))).flat();
  const isKept = ({ label }: { readonly label: string }): boolean =>
    /^(?:genuine|admin)/.test(label);
  const seeds = rows.filter((row) => !isKept(row));
  return {
    kept: rows.filter(isKept),
    seeds: seeds.length,
    seedsLeft: seeds.filter(({ isThere }) => isThere).length,
  };
}

async function rowsOf(
  database: TestDatabase,
  { name, key, columns, rows }: CorpusTable,
): Promise<readonly { readonly label: string; readonly row: string; readonly isThere: boolean }[]> {
  const table = name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
  const left = await database.query<{ key: string }>(
    `select concat_ws('|', ${key.map((column) => `"${column}"`).join(', ')}) as key from ${table}`,
  );
  const there = new Set(left.map((row) => row.key));
  return rows.map(([label, ...values]) => {
    const own = key.map((column) => String(values[columns.indexOf(column)])).join('|');
    return { label, row: `${name} ${own}`, isThere: there.has(own) };
  });
}
