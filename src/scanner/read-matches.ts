import type { Connection } from '../database/connection.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { Judges } from './judge-row.ts';
import { maySay } from './prefilter-sql.ts';
import { keyText } from './row-key.ts';
import { only, somePages } from './sample-table.ts';
import { createdAtSql, type JudgedText, type ScannedTable, textSql } from './scanned-table.ts';
import type { TableState } from './scan-state.ts';

const BATCH = 2_000;

interface MatchedRow {
  readonly key: string;
  readonly created: number | null;
  readonly values: readonly (string | null)[];
}

/** Of one statement, so that the time-out is about a part of a large table and not about all of it. */
const PAGES_AT_ONCE = 4_096;

/**
 * The one pass over a table: PostgreSQL leaves out the rows that no detector could object to, the others
 * come in batches and are judged here.
 * @param onPart told the share of the table that is done
 */
export async function readMatches(
  connection: Connection,
  state: TableState,
  { judges, onPart }: { readonly judges: Judges; readonly onPart: (share: number) => void },
): Promise<void> {
  const { scanned, percent } = state;
  const texts = scanned.texts.filter(({ role }) => judges.prefilter(role) !== null);
  if (texts.length === 0) return;
  const select = matches(scanned, { texts, judges, percent });
  const parts = partsOf(state);
  for (const [at, part] of parts.entries()) {
    onPart(at / parts.length);
    await readPart(connection, state, { judges, texts, statement: sql`${select} and ${part}` });
  }
}

interface Part {
  readonly judges: Judges;
  readonly texts: readonly JudgedText[];
  readonly statement: Sql;
}

async function readPart(
  connection: Connection,
  { rows }: TableState,
  { judges, texts, statement }: Part,
): Promise<void> {
  await connection.query(sql`declare hygiene_matches no scroll cursor for ${statement}`);
  for (;;) {
    const batch = await connection.query<MatchedRow>(
      rawSql(`fetch ${String(BATCH)} from hygiene_matches`),
    );
    for (const { key, created, values } of batch.rows) {
      const evidence = judges.judge(texts, values);
      if (evidence.length > 0) rows.add({ key, createdAt: created }, evidence);
    }
    if (batch.rows.length < BATCH) break;
  }
  await connection.query(rawSql('close hygiene_matches'));
}

/** Ranges of pages, as conditions; a table whose pages are not its own, or which is sampled, is one part. */
function partsOf({ scanned, sample, percent }: TableState): readonly Sql[] {
  const { pages } = sample;
  const count = Math.ceil(pages / PAGES_AT_ONCE);
  if (scanned.table.kind !== 'table' || percent !== null || count <= 1) return [rawSql('true')];
  return Array.from({ length: count }, (_, at) => {
    const from = sql`t.ctid >= ${pageStart(at)}::tid`;
    return at === count - 1 ? from : sql`${from} and t.ctid < ${pageStart(at + 1)}::tid`;
  });
}

function pageStart(part: number): string {
  return `(${String(part * PAGES_AT_ONCE)},0)`;
}

interface Matches {
  readonly judges: Judges;
  readonly percent: number | null;
  readonly texts: readonly JudgedText[];
}

function matches(scanned: ScannedTable, { texts, judges, percent }: Matches): Sql {
  const { table } = scanned;
  const isInCluster = table.citus !== null;
  const conditions = texts.flatMap((text) => {
    const prefilter = judges.prefilter(text.role);
    return prefilter === null ? [] : (maySay(textSql(text, 't'), prefilter, isInCluster) ?? []);
  });
  const values = texts.map((text) => textSql(text, 't'));
  return sql`
    select ${keyText(table, 't')} as key,
           ${createdAtSql(scanned, 't')} as created,
           array[${joinSql(values, ', ')}] as values
      from ${only(table)} as t ${somePages(percent)}
     where (${joinSql(conditions, '\n        or ')})
  `;
}
