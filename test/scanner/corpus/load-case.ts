import { quoteIdentifier } from '../../../src/kernel/identifiers.ts';
import type { TestDatabase } from '../../support/database.ts';
import type { CorpusCase, CorpusTable } from './corpus-case.ts';

const ROWS_AT_ONCE = 500;

/** Makes the tables of a case and fills them. */
export async function loadCase(
  database: Pick<TestDatabase, 'execute' | 'query'>,
  { ddl, tables }: CorpusCase,
): Promise<void> {
  for (const statement of ddl) await database.execute(statement);
  for (const table of tables) await fill(database, table);
}

async function fill(
  database: Pick<TestDatabase, 'query'>,
  { name, columns, rows }: CorpusTable,
): Promise<void> {
  const target = name.split('.').map(quoteIdentifier).join('.');
  const list = columns.map(quoteIdentifier).join(', ');
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE).map(([, ...values]) => values);
    const tuples = some.map(
      (values, at) =>
        `(${values.map((_, column) => `$${String(at * columns.length + column + 1)}`).join(', ')})`,
    );
    await database.query(
      `insert into ${target} (${list}) overriding system value values ${tuples.join(', ')}`,
      some.flat(),
    );
  }
}
