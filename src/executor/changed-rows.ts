import type { Connection } from '../database/connection.ts';
import { ColumnName, QualifiedName, quoteIdentifier } from '../kernel/identifiers.ts';
import { joinSql, rawSql, type Sql, sql } from '../kernel/sql.ts';
import type { Closure, ClosureEdge } from '../planner/closure.ts';
import { identityColumns, rowIdentity, selfAlias } from './row-identity.ts';
import type { WorkTable } from './selection-sql.ts';

/** The rows of one table that stay but lose references: each once, however many it loses. */
export interface ChangedRows {
  /** Lists the rows; with several sources also, in `hygiene_sources`, which of them found the row. */
  readonly work: WorkTable;
  /** By foreign key, the rows that lose their reference through it. */
  readonly sources: readonly ChangeSource[];
}

export interface ChangeSource {
  readonly edge: ClosureEdge;
  readonly work: WorkTable;
}

/** Rows that lose the same references, so that one statement can change them. */
export interface Combination {
  readonly edges: readonly ClosureEdge[];
  readonly rows: number;
  /** Bounds a statement to these rows of the work table. */
  readonly condition: Sql;
}

/** The lists of a closure, one for each foreign key that takes references away; all still to be made. */
export function changeSources(closure: Closure, prefix: string): readonly ChangeSource[] {
  return closure.edges
    .filter(({ action }) => action === 'nullify' || action === 'default')
    .map((edge, at) => {
      const name = new QualifiedName('pg_temp', `hygiene_${prefix}_cleared_${String(at + 1)}`);
      return { edge, work: { name, table: edge.child, referenced: [] } };
    });
}

/** The same by table. Where one key alone changes a table, its list is the table's. */
export function changedByTable(
  sources: readonly ChangeSource[],
  prefix: string,
): readonly ChangedRows[] {
  const tables = [...new Set(sources.map(({ work }) => work.table))];
  return tables.flatMap((table, at) => {
    const own = sources.filter(({ work }) => work.table === table);
    const [only] = own;
    if (only !== undefined && own.length === 1) return [{ work: only.work, sources: own }];
    const name = new QualifiedName('pg_temp', `hygiene_${prefix}_changed_${String(at + 1)}`);
    return [{ work: { name, table, referenced: [] }, sources: own }];
  });
}

/** Those that have a list of their own beside the lists of their sources. */
export function mergedLists(changed: readonly ChangedRows[]): readonly ChangedRows[] {
  return changed.filter(({ sources }) => sources.length > 1);
}

/** The work table that `mergeSources` fills. */
export function createMergedTable({ work }: ChangedRows): Sql {
  const identity = identityColumns(rowIdentity(work.table), selfAlias(work.table));
  return sql`
    create temp table ${rawSql(quoteIdentifier(work.name.name))} on commit drop as
    select ${identity}, ''::text as hygiene_sources
      from ${work.table.name}
      with no data
  `;
}

/** Lists every row once, with the positions of the sources that found it, such as `0,2`. */
export function mergeSources({ work, sources }: ChangedRows): Sql {
  const columns = rowIdentity(work.table).columns.map((name) => sql`${new ColumnName(name)}`);
  const identity = joinSql(columns, ', ');
  const found = sources.map(
    (source, at) => sql`select ${identity}, ${at}::int as source from ${source.work.name}`,
  );
  return sql`
    insert into ${work.name}
    select ${identity}, string_agg(source::text, ',' order by source)
      from (${joinSql(found, ' union all ')}) as found
     group by ${identity}
  `;
}

/** @param rows how many rows are listed */
export async function combinationsOf(
  connection: Connection,
  { work, sources }: ChangedRows,
  rows: number,
): Promise<readonly Combination[]> {
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) {
    return [{ edges: [only.edge], rows, condition: rawSql('true') }];
  }
  const { rows: found } = await connection.query<{ sources: string; rows: number }>(sql`
    select hygiene_sources as sources, count(*)::float8 as rows
      from ${work.name}
     group by hygiene_sources
     order by hygiene_sources
  `);
  return found.map((each) => {
    const positions = each.sources.split(',').map(Number);
    return {
      edges: sources.filter((_, at) => positions.includes(at)).map(({ edge }) => edge),
      rows: each.rows,
      condition: sql`hygiene_listed.hygiene_sources = ${each.sources}`,
    };
  });
}
